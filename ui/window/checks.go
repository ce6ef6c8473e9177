package window

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// filterChecks are the checks that have words in them and one of the statuses; no
// status is all of them.
func filterChecks(all []report.Check, words string, statuses ...report.Status) []report.Check {
	words = strings.ToLower(strings.TrimSpace(words))
	var out []report.Check
	for _, c := range all {
		if len(statuses) > 0 && !slices.Contains(statuses, c.Status) {
			continue
		}
		found := strings.ToLower(strings.Join([]string{c.ID, c.Title, checkTitle(c.ID, c.Title), c.Summary, c.SkippedBecause, groupWord(c.Group)}, " "))
		if strings.Contains(found, words) {
			out = append(out, c)
		}
	}
	return out
}

// checkTree is the tree of groups and checks: node "" holds the groups, a group
// its checks.
func checkTree(all []report.Check) map[string][]string {
	tree := map[string][]string{}
	for _, c := range all {
		group := groupNode(c.Group)
		if tree[group] == nil {
			tree[""] = append(tree[""], group)
		}
		tree[group] = append(tree[group], c.ID)
	}
	return tree
}

// groupNode keeps the name of a group apart from the id of a check.
func groupNode(group string) string { return "/" + group }

// checks is the tree of everything that was checked.
type checks struct {
	w       *Window
	all     []report.Check // of the last report, or live of a run
	byID    map[string]report.Check
	nodes   map[string][]string
	shape   string // of nodes, to see when the tree itself changes
	tree    *widget.Tree
	search  *widget.Entry
	which   *widget.Select
	details swap
	chosen  string
	run     string
	box     fyne.CanvasObject
}

func newChecks(w *Window) *checks {
	c := &checks{w: w, details: newSwap(), nodes: map[string][]string{}}
	c.tree = widget.NewTree(
		func(id string) []string { return c.nodes[id] },
		func(id string) bool { return id == "" || strings.HasPrefix(id, "/") },
		func(bool) fyne.CanvasObject {
			return container.NewBorder(nil, nil, container.NewCenter(sized(widget.NewIcon(nil), 18)), nil, line(""))
		}, c.fillNode)
	c.tree.HideSeparators = true
	c.tree.OnSelected = func(id string) { c.chosen = id; c.showDetails() }
	c.search = widget.NewEntry()
	c.search.SetPlaceHolder(L("Filter"))
	c.search.OnChanged = func(string) { c.refill() }
	c.which = widget.NewSelect([]string{L("All"), L("Only what failed or warns"), L("Only what was skipped")}, func(string) { c.refill() })
	c.which.SetSelectedIndex(0)
	filter := container.NewBorder(nil, nil, nil, c.which, c.search)
	split := container.NewHSplit(panelFilled(c.tree), panelFilled(container.NewVScroll(c.details.Container)))
	split.SetOffset(0.46)
	c.box = container.NewBorder(container.NewVBox(head(L("Checks")), filter), nil, nil, nil, split)
	return c
}

func (c *checks) content() fyne.CanvasObject { return c.box }
func (c *checks) searchEntry() *widget.Entry { return c.search }

func (c *checks) show(s State) {
	run := ""
	switch live := s.checking(); {
	case live != nil:
		c.all = c.all[:0:0]
		for _, r := range live.Checks {
			c.all = append(c.all, report.Check{ID: r.ID, Group: r.Group, Title: r.Title, Status: r.Status, Summary: r.Summary})
		}
		run = "live"
	case s.Report != nil:
		c.all, run = s.Report.Checks, s.Report.Run.ID
	default:
		c.all = nil
	}
	if run == c.run && run != "live" && c.all != nil {
		return // the same report: leave scrolling and selection alone
	}
	c.run = run
	c.chooseWorst()
	c.refill()
}

// chooseWorst shows the check that a person looks for, unless one was chosen.
func (c *checks) chooseWorst() {
	for _, check := range c.all {
		if _, known := c.byID[c.chosen]; !known && check.Status == report.Fail {
			c.chosen = check.ID
			return
		}
	}
}

// refill brings tree and details in line with the checks and the filter.
func (c *checks) refill() {
	if c.which == nil || c.tree == nil {
		return
	}
	var statuses []report.Status
	switch c.which.SelectedIndex() {
	case 1:
		statuses = []report.Status{report.Fail, report.Warn}
	case 2:
		statuses = []report.Status{report.Skip}
	}
	shown := filterChecks(c.all, c.search.Text, statuses...)
	c.byID = map[string]report.Check{}
	for _, check := range shown {
		c.byID[check.ID] = check
	}
	c.nodes = checkTree(shown)
	if shape := fmt.Sprint(c.nodes); shape != c.shape {
		c.shape = shape
		c.openNodes()
	}
	c.tree.Refresh()
	c.showDetails()
}

// openNodes opens the groups in which something needs a look, and all of them
// where the filter has left few.
func (c *checks) openNodes() {
	for _, group := range c.nodes[""] {
		needs := len(c.byID) <= 14
		for _, id := range c.nodes[group] {
			needs = needs || badness[c.byID[id].Status] >= badness[report.Warn]
		}
		if needs {
			c.tree.OpenBranch(group)
		}
	}
}

func (c *checks) fillNode(id string, branch bool, o fyne.CanvasObject) {
	parts := o.(*fyne.Container).Objects
	label, mark := parts[0].(*widget.Label), signIcon(parts[1])
	if !branch {
		check := c.byID[id]
		label.TextStyle.Bold = false
		label.SetText(checkTitle(id, check.Title))
		mark.SetResource(statusResource(check.Status))
		return
	}
	status, counts := report.Skip, map[report.Status]int{}
	for _, leaf := range c.nodes[id] {
		status = worse(status, c.byID[leaf].Status)
		counts[c.byID[leaf].Status]++
	}
	label.TextStyle.Bold = true
	label.SetText(joined(groupWord(strings.TrimPrefix(id, "/")), countWords(counts)))
	mark.SetResource(statusResource(status))
}

func (c *checks) showDetails() {
	check, ok := c.byID[c.chosen]
	switch {
	case len(c.all) == 0:
		c.details.set(noReport())
	case len(c.byID) == 0:
		c.details.set(empty(L("No check fits the filter.")))
	case !ok:
		c.details.set(empty(L("Choose a check to see what it rests on.")))
	default:
		c.details.set(drawCheck(check))
	}
}

func drawCheck(c report.Check) fyne.CanvasObject {
	name := text(checkTitle(c.ID, c.Title))
	name.TextStyle.Bold = true
	box := container.NewVBox(container.NewBorder(nil, nil, container.NewVBox(sign(c.Status)), nil,
		tight(container.NewVBox(name, text(joined(statusWord(c.Status), c.Summary))))))
	took := ""
	if c.Duration != nil {
		took = millis(c.Duration)
	}
	box.Add(pairs(pair{L("Why not run"), c.SkippedBecause}, pair{L("Check id"), c.ID}, pair{L("Took"), took},
		pair{L("Rests on"), strings.Join(c.After, ", ")}, pair{L("Causes"), strings.Join(c.Findings, ", ")}))
	if len(c.Evidence) > 0 {
		box.Add(heading(L("Evidence")))
		box.Add(drawEvidence(c.Evidence))
	}
	for _, s := range c.Signals {
		box.Add(heading(L("Observed: {{.What}}", args{"What": joined(s.Code, s.Subject)})))
		if len(s.Detail) > 0 {
			box.Add(drawEvidence(s.Detail))
		}
	}
	return box
}

// drawEvidence shows names and values, what is nested as JSON.
func drawEvidence(evidence map[string]any) fyne.CanvasObject {
	form := container.New(layout.NewFormLayout())
	for _, key := range slices.Sorted(maps.Keys(evidence)) {
		form.Add(muted(strings.ReplaceAll(key, "_", " ")))
		form.Add(value(evidenceText(evidence[key])))
	}
	return tight(form)
}

func evidenceText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, evidenceText(e))
		}
		return strings.Join(parts, "\n")
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
