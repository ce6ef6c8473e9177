package window

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// certificateStatus is how good what a host presented is.
func certificateStatus(c report.Certificate) report.Status {
	status := report.Pass
	for _, d := range c.Details {
		switch d.Severity {
		case "fail":
			status = worse(status, report.Fail)
		case "warn":
			status = worse(status, report.Warn)
		}
	}
	switch {
	case len(c.NamesMissing) > 0 || c.Trusted != nil && !*c.Trusted:
		status = report.Fail
	case len(c.Problems) > 0 && len(c.Details) == 0:
		status = report.Fail
	case len(c.Chain) == 0:
		status = worse(report.Unknown, status)
	}
	return status
}

// nameView is one name: whether it is wanted, and whether it is carried.
type nameView struct {
	name            string
	wanted, missing bool
}

// viewNames are the wanted names first, then what else the certificate carries.
func viewNames(c report.Certificate) []nameView {
	var out []nameView
	for _, n := range c.NamesWanted {
		out = append(out, nameView{n, true, slices.Contains(c.NamesMissing, n)})
	}
	if len(c.Chain) > 0 {
		for _, n := range c.Chain[0].SANs {
			if !slices.Contains(c.NamesWanted, n) {
				out = append(out, nameView{name: n})
			}
		}
	}
	return out
}

// certificates shows the chain of every host.
type certificates struct {
	all     []report.Certificate
	run     string
	list    *table
	details swap
	box     fyne.CanvasObject
}

func newCertificates() *certificates {
	c := &certificates{details: newSwap()}
	c.list = newTable(true, c.showDetails, column{title: L("Host"), width: 150, share: 2}, column{title: L("Days left"), width: 84, number: true})
	split := container.NewHSplit(panelFilled(c.list.box), panelFilled(container.NewVScroll(c.details.Container)))
	split.SetOffset(0.35)
	c.box = container.NewBorder(head(L("Certificates")), nil, nil, nil, split)
	return c
}

func (c *certificates) content() fyne.CanvasObject { return c.box }

func (c *certificates) show(s State) {
	if s.Report == nil {
		c.all, c.run = nil, ""
		c.list.set(nil)
		c.details.set(noReport())
		return
	}
	if s.Report.Run.ID == c.run {
		return
	}
	c.all, c.run = s.Report.Certificates, s.Report.Run.ID
	rows := make([]row, len(c.all))
	first := 0
	for i, x := range c.all {
		days := ""
		if x.DaysLeft != nil {
			days = fmt.Sprint(*x.DaysLeft)
		}
		rows[i] = row{certificateStatus(x), []string{x.Host, days}}
		if badness[rows[i].status] > badness[rows[first].status] {
			first = i
		}
	}
	c.list.set(rows)
	c.list.list.UnselectAll()
	if len(rows) == 0 {
		c.details.set(empty(L("No host has shown a certificate.")))
		return
	}
	c.list.list.Select(first)
}

func (c *certificates) showDetails(i int) {
	if i < len(c.all) {
		c.details.set(drawCertificate(c.all[i]))
	}
}

func drawCertificate(c report.Certificate) fyne.CanvasObject {
	name := text(c.Host)
	name.TextStyle.Bold = true
	name.SizeName = theme.SizeNameSubHeadingText
	box := container.NewVBox(container.NewBorder(nil, nil, container.NewVBox(sign(certificateStatus(c))), nil,
		tight(container.NewVBox(name, note(joined(c.Address, c.TLSVersion, c.Cipher))))))
	for _, d := range c.Details {
		status := report.Pass
		switch d.Severity {
		case "fail":
			status = report.Fail
		case "warn":
			status = report.Warn
		}
		box.Add(container.NewBorder(nil, nil, container.NewVBox(sign(status)), nil, tight(text(joined(d.Subject, d.Text)))))
	}
	box.Add(heading(L("Names")))
	box.Add(drawNames(viewNames(c)))
	box.Add(heading(L("Chain")))
	box.Add(drawChain(c.Chain))
	box.Add(heading(L("Connection")))
	clientCertificate := ""
	if c.ClientCert {
		clientCertificate = L("asked for by the server")
	}
	box.Add(pairs(pair{L("Trusted by this computer"), yesNo(c.Trusted)}, pair{L("TLS versions"), offers(c.Offers)},
		pair{L("Revocation"), revocationWord(c.Revocation)}, pair{L("Asked"), revocations(c.Revocations)},
		pair{L("Without SNI"), sniWord(c.WithoutSNI)}, pair{L("Client certificate"), clientCertificate}))
	return box
}

func drawNames(names []nameView) fyne.CanvasObject {
	grid := container.New(layout.NewFormLayout())
	for _, n := range names {
		status, says := report.Skip, L("carried, not needed here")
		switch {
		case n.missing:
			status, says = report.Fail, L("wanted, and not in the certificate")
		case n.wanted:
			status, says = report.Pass, L("wanted and carried")
		}
		grid.Add(container.NewHBox(sign(status), word(n.name)))
		l := line(says)
		l.Importance = widget.LowImportance
		grid.Add(l)
	}
	return tight(grid)
}

// drawChain is the chain as the server sent it, the host's own first, each set in
// from the one that it was signed by.
func drawChain(chain []report.ChainCert) fyne.CanvasObject {
	box := container.NewVBox()
	for i, c := range chain {
		subject := text(c.Subject)
		subject.TextStyle.Bold = true
		role := L("Intermediate authority")
		switch {
		case i == 0:
			role = L("Certificate of the host")
		case c.Subject == c.Issuer:
			role = L("Root authority")
		}
		link := newFill(theme.ColorNamePrimary)
		link.radius, link.least = 2, fyne.NewSize(4, 10)
		card := container.NewBorder(nil, nil, link, nil, inset(tight(container.NewVBox(caption(role), subject, pairs(
			pair{L("Issued by"), c.Issuer},
			pair{L("Valid"), c.NotBefore.Local().Format("2006-01-02") + " – " + c.NotAfter.Local().Format("2006-01-02")},
			pair{L("Key"), joined(c.Key, c.Signature)}, pair{"SHA-256", c.SHA256}))), 4))
		box.Add(container.New(layout.NewCustomPaddedLayout(0, 0, float32(i*18), 0), card))
	}
	if n := len(chain); n > 0 && chain[n-1].Subject != chain[n-1].Issuer {
		root := muted(L("signed by {{.Issuer}}, which a server need not send", args{"Issuer": chain[n-1].Issuer}))
		root.Wrapping = fyne.TextWrapWord
		box.Add(container.New(layout.NewCustomPaddedLayout(0, 0, float32(n*18), 0), tight(root)))
	}
	return box
}

func offers(all []report.TLSOffer) string {
	var out []string
	for _, o := range all {
		switch {
		case o.Accepted == nil:
			out = append(out, L("{{.Version}} not known", args{"Version": o.Version}))
		case *o.Accepted:
			out = append(out, L("{{.Version}} yes", args{"Version": o.Version}))
		default:
			out = append(out, L("{{.Version}} no", args{"Version": o.Version}))
		}
	}
	return strings.Join(out, " · ")
}

func revocationWord(r string) string {
	switch r {
	case "good":
		return L("not revoked")
	case "revoked":
		return L("revoked")
	case "no-source":
		return L("the certificate names nobody who could be asked")
	case "not-asked":
		return L("not asked")
	case "unreachable":
		return L("who could be asked does not answer")
	}
	return r
}

func revocations(all []report.Revocation) string {
	var out []string
	for _, r := range all {
		out = append(out, joined(strings.ToUpper(r.Source), r.URL, revocationWord(r.Status), millis(r.Took), r.Error))
	}
	return strings.Join(out, "\n")
}

func sniWord(s string) string {
	switch s {
	case "same":
		return L("the same certificate")
	case "other":
		return L("another certificate")
	case "refused":
		return L("refused")
	}
	return s
}
