package window

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// webStatus: the status page is what a person should see.
func webStatus(v report.WebView) report.Status {
	switch v.Kind {
	case "status-page", "health-page":
		if v.VersionAgrees != nil && !*v.VersionAgrees {
			return report.Warn
		}
		return report.Pass
	case "":
		return report.Unknown
	case "sign-in", "no-page":
		return report.Warn
	}
	return report.Fail
}

// pageWord says what a page is.
func pageWord(kind string) string {
	switch kind {
	case "status-page":
		return L("the status page of Exchange")
	case "health-page":
		return L("a health page")
	case "sign-in":
		return L("a sign-in window")
	case "no-page":
		return L("no page (404)")
	case "forbidden":
		return L("a refusal (403)")
	case "unavailable":
		return L("out of service")
	case "owa-login":
		return L("the sign-in form of Outlook on the web")
	case "pre-auth-proxy":
		return L("the sign-in page of something in front of Exchange")
	case "captive-portal":
		return L("the page of a network that wants a sign-in")
	}
	return kind
}

// safeURL is u where a browser may be sent there: https, with a host.
func safeURL(u string) string {
	parsed, err := url.Parse(u)
	if err != nil || parsed.Scheme != "https" || parsed.Host == "" {
		return ""
	}
	return parsed.String()
}

// pagePairs are the fields of the page in the order in which the page has them.
func pagePairs(v report.WebView) []pair {
	var out []pair
	if v.Page != nil {
		for _, f := range v.Page.Fields() {
			out = append(out, pair{f[0], f[1]})
		}
		for _, k := range slices.Sorted(maps.Keys(v.Page.Other)) {
			out = append(out, pair{k, v.Page.Other[k]})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(v.Debug)) {
		out = append(out, pair{k, v.Debug[k]})
	}
	return out
}

// webCheck shows what a browser would see, beside the button that opens one.
type webCheck struct {
	w    *Window
	run  string
	body swap
	box  fyne.CanvasObject
}

func newWebCheck(w *Window) *webCheck {
	c := &webCheck{w: w, body: newSwap()}
	c.box = container.NewBorder(container.NewVBox(head(L("Web check")),
		note(L("What a browser sees at the URLs that Outlook uses. Open them in your own browser and compare: the same page there means that the way is open, another one that browser and Outlook go two ways."))),
		nil, nil, nil, container.NewVScroll(c.body.Container))
	return c
}

func (c *webCheck) content() fyne.CanvasObject { return c.box }

func (c *webCheck) show(s State) {
	if s.Report == nil {
		c.run = ""
		c.body.set(noReport())
		return
	}
	if s.Report.Run.ID == c.run {
		return
	}
	c.run = s.Report.Run.ID
	web := s.Report.WebCheck
	if web == nil {
		c.body.set(empty(L("The last run did not look at the URLs: the checks of the group “web” say why.")))
		return
	}
	views := container.NewGridWithColumns(2)
	views.Add(c.drawView(L("Mailbox URL"), web.Mailbox()))
	if web.AddressBook != nil {
		views.Add(c.drawView(L("Address book URL"), *web.AddressBook))
	}
	box := container.NewVBox(views)
	if len(web.Healthchecks) > 0 {
		box.Add(heading(L("Health pages")))
		box.Add(drawHealth(web.Healthchecks))
	}
	c.body.set(box)
}

func (c *webCheck) drawView(name string, v report.WebView) fyne.CanvasObject {
	open := widget.NewButtonWithIcon(L("Open in browser"), theme.ComputerIcon(), func() { c.w.openURL(v.URL) })
	open.Importance = widget.HighImportance
	if safeURL(v.URL) == "" {
		open.Disable()
	}
	status := ""
	if v.Status > 0 {
		status = fmt.Sprintf("HTTP %d", v.Status)
	}
	page := pageWord(v.Kind)
	if page == "" {
		page = L("no answer")
	}
	says := line(joined(page, status))
	objects := []fyne.CanvasObject{
		container.NewBorder(nil, nil, sign(webStatus(v)), container.NewCenter(open), tight(container.NewVBox(heading(name), says))),
		code(v.URL),
		pairs(pagePairs(v)...),
	}
	if v.HeaderVersion != "" || v.Product != "" {
		agrees := ""
		if v.VersionAgrees != nil {
			agrees = yesNo(v.VersionAgrees)
		}
		objects = append(objects, widget.NewSeparator(), pairs(pair{L("Version in the header"), v.HeaderVersion},
			pair{L("Page and header agree"), agrees}, pair{L("Answered by"), v.Product}))
	}
	return panel(objects...)
}

func drawHealth(all []report.ServiceHealth) fyne.CanvasObject {
	grid := container.NewGridWithColumns(4)
	for _, h := range all {
		status := report.Unknown
		if h.Healthy != nil {
			status = report.Fail
			if *h.Healthy {
				status = report.Pass
			}
		}
		says := strings.TrimSpace(joined(h.Address, h.Error))
		grid.Add(panelFilled(container.NewBorder(nil, nil, sign(status), nil, tight(container.NewVBox(line(h.VDir), caption(says))))))
	}
	return grid
}
