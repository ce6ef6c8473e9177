package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Difference is one thing that is not the same in two reports. An empty Before is
// new, an empty After is gone.
type Difference struct{ What, Before, After string }

// Diff compares what two reports say, not how long it took: verdict, findings,
// checks, connections, certificates and the network. Checks that one of them did
// not run are left out.
func Diff(before, after *Report) []Difference {
	var d differences
	d.add("verdict", before.word()+": "+before.Verdict.Headline, after.word()+": "+after.Verdict.Headline)
	d.keyed("cause", findingsOf(before), findingsOf(after))
	d.checks(before, after)
	d.keyed("connection", connectionsOf(before), connectionsOf(after))
	d.keyed("certificate", certificatesOf(before), certificatesOf(after))
	d.keyed("computer", computerOf(before), computerOf(after))
	return d
}

type differences []Difference

func (d *differences) add(what, before, after string) {
	if before != after {
		*d = append(*d, Difference{what, before, after})
	}
}

// keyed compares two lists of things with names, in the order of their names.
func (d *differences) keyed(kind string, before, after map[string]string) {
	var names []string
	for _, m := range []map[string]string{before, after} {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		d.add(kind+" "+name, before[name], after[name])
	}
}

// checks compares by id, in the order of the run.
func (d *differences) checks(before, after *Report) {
	old := map[string]*Check{}
	for i := range before.Checks {
		old[before.Checks[i].ID] = &before.Checks[i]
	}
	for i := range after.Checks {
		now := &after.Checks[i]
		was := old[now.ID]
		if was == nil || was.Status == now.Status || was.leftOut() || now.leftOut() {
			continue
		}
		d.add("check "+now.ID, was.line(), now.line())
	}
}

func (c *Check) line() string { return words[c.Status] + ", " + c.said() }

func findingsOf(r *Report) map[string]string {
	out := map[string]string{}
	for _, f := range r.Findings {
		out[f.Code] = f.Title
	}
	return out
}

func connectionsOf(r *Report) map[string]string {
	out := map[string]string{}
	for _, c := range r.Connections {
		out[c.Service+" "+c.Protocol] = joined(", ", string(c.Status), c.Server, c.ServerVersion, c.Authn, c.Encrypt, "notification "+cmp.Or(c.Notification, "none"))
	}
	return out
}

func certificatesOf(r *Report) map[string]string {
	out := map[string]string{}
	for _, c := range r.Certificates {
		if len(c.Chain) == 0 {
			continue
		}
		leaf := c.Chain[0]
		out[joined(" ", c.Host, c.Address)] = fmt.Sprintf("%s by %s, to %s, SHA-256 %.16s%s", commonName(leaf.Subject), commonName(leaf.Issuer),
			leaf.NotAfter.Format("2006-01-02"), leaf.SHA256, problemsOf(&c))
	}
	return out
}

func problemsOf(c *Certificate) string {
	if len(c.Problems) == 0 {
		return ""
	}
	return ", problems: " + strings.Join(c.Problems, ", ")
}

func computerOf(r *Report) map[string]string {
	out := map[string]string{"name": r.Machine.Hostname, "name servers": strings.Join(r.Machine.DNS, ", ")}
	if p := r.Machine.Proxy; p != nil {
		out["proxy"] = joined(" ", p.Mode, p.URL, p.PAC)
	}
	for _, i := range r.Machine.Interfaces {
		out["network "+i.Name] = strings.Join(i.Addresses, ", ")
	}
	for _, o := range r.Machine.Outlook {
		out["Outlook "+o.Version] = o.Build
	}
	return out
}

// WriteDiff writes the differences for people, the verdict first.
func WriteDiff(w io.Writer, before, after *Report) error {
	out := bufio.NewWriter(w)
	form := "2006-01-02 15:04:05 UTC"
	fmt.Fprintf(out, "before  %s  %s\nafter   %s  %s\n", before.Run.Started.Format(form), clean(before.Account.Address), after.Run.Started.Format(form), clean(after.Account.Address))
	list := Diff(before, after)
	for _, d := range list {
		fmt.Fprintf(out, "\n%s\n  before  %s\n  after   %s\n", clean(d.What), orNothing(d.Before), orNothing(d.After))
	}
	if len(list) == 0 {
		fmt.Fprintln(out, "\nNothing is different.")
	}
	return out.Flush()
}

func orNothing(s string) string { return clean(cmp.Or(s, "-")) }
