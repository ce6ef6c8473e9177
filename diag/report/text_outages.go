package report

import "fmt"

// outages is the history of the session, as an agent wrote it down.
func (t *textWriter) outages(r *Report) {
	if len(r.Outages) == 0 {
		return
	}
	t.title("Outages")
	t.line("%s", t.paint(grey, fmt.Sprintf("  %-20s %-15s %10s  %s", "Started (UTC)", "Cause", "Lasted", "Outcome")))
	for _, o := range r.Outages {
		lasted := "-"
		if o.Duration != nil {
			lasted = spell(*o.Duration)
		}
		t.line("  %-20s %-15s %10s  %s", o.Started.Format("2006-01-02 15:04:05"), cell(o.Cause), lasted, o.end())
	}
}

// end is how an outage ended, in words.
func (o *Outage) end() string {
	switch {
	case o.Outcome == "":
		return "goes on"
	case o.Resume != nil:
		return clean(o.Outcome) + " in " + spell(*o.Resume)
	case o.Phase != "":
		return clean(o.Outcome) + " at " + clean(o.Phase)
	}
	return clean(o.Outcome)
}
