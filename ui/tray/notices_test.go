package tray

import (
	"reflect"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// wordList is every plain text of a language by its name.
func wordList(w words) map[string]string {
	list := map[string]string{}
	v := reflect.ValueOf(w)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			list[v.Type().Field(i).Name] = f.String()
		}
	}
	return list
}

func TestNotices(t *testing.T) {
	began := report.At(noon.Add(-10 * time.Minute))
	lost := connected(in(monitor.StateLost, report.Fail, "The mail server cannot be reached."), func(s *monitor.Snapshot) {
		s.Outage = &report.Outage{Cause: "server", Started: began}
	})
	lostOffline := connected(in(monitor.StateLost, report.Fail, "The mail server cannot be reached."), func(s *monitor.Snapshot) { s.Network.Up = false })
	troubled := connected(in(monitor.StateTroubled, report.Warn, "It does not answer."))
	offline := connected(in(monitor.StateOffline, report.Warn, "No network."), func(s *monitor.Snapshot) { s.Network.Up = false })
	paused := connected(in(monitor.StatePaused, report.Warn, "Paused by you."))
	back := connected(func(s *monitor.Snapshot) {
		s.Outages = []report.Outage{{Started: began, Duration: report.MSPtr(734 * time.Second)}}
	})
	const stopped, again = "Mail has stopped: The mail server cannot be reached.", "Mail works again: It was interrupted for 12 min."
	for name, c := range map[string]struct {
		seen []*monitor.Snapshot
		want []string
	}{
		"healthy":                       {[]*monitor.Snapshot{connected(), connected()}, nil},
		"trouble within patience":       {[]*monitor.Snapshot{connected(), troubled, connected()}, nil},
		"lost, once":                    {[]*monitor.Snapshot{connected(), troubled, lost, lost, lost}, []string{stopped}},
		"lost and back":                 {[]*monitor.Snapshot{lost, lost, back, back}, []string{stopped, again}},
		"lost, back, lost":              {[]*monitor.Snapshot{lost, back, lost}, []string{stopped, again, stopped}},
		"the network is down":           {[]*monitor.Snapshot{connected(), offline, lostOffline, offline, back}, nil},
		"lost, then the network too":    {[]*monitor.Snapshot{lost, offline, lost, back}, []string{stopped, again}},
		"the network is back, mail not": {[]*monitor.Snapshot{offline, lostOffline, lost, back}, []string{stopped, again}},
		"paused on purpose":             {[]*monitor.Snapshot{connected(), paused, connected()}, nil},
		"back without a note of it":     {[]*monitor.Snapshot{lost, connected()}, []string{stopped, "Mail works again: It was interrupted for 10 min."}},
	} {
		t.Run(name, func(t *testing.T) {
			var n Notices
			var got []string
			for _, s := range c.seen {
				if said, worth := n.Next(s, noon, English); worth {
					got = append(got, said.Title+": "+said.Body)
					if said.Bad != (s.State == monitor.StateLost) {
						t.Errorf("%q is bad: %v", said.Title, said.Bad)
					}
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("told %q\nwant %q", got, c.want)
			}
		})
	}
}
