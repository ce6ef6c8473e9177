package tray

import (
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
)

// Notice is what a notification of the desktop says.
type Notice struct {
	Title, Body string
	Bad         bool // mail has stopped: worth an interruption
}

// Notices decides on what a person is interrupted for: mail that stopped, once,
// after the agent's patience; and mail that is back, with the length of the
// outage, to whom the first was told. The zero value has told nothing.
type Notices struct {
	told  bool
	began time.Time // of the outage that was told
}

// Next takes the newest snapshot and says whether it is worth a notice. While the
// network itself is down there is none: whoever pulls the plug knows.
func (n *Notices) Next(s *monitor.Snapshot, now time.Time, lang Language) (Notice, bool) {
	w := lang.words()
	switch {
	case s.State == monitor.StateLost && s.Network.Up && !n.told:
		n.told, n.began = true, s.Since.Time
		if s.Outage != nil {
			n.began = s.Outage.Started.Time
		}
		return Notice{Title: w.stopped, Body: oneLine(w.headline(s)) + ".", Bad: true}, true
	case s.State == monitor.StateConnected && n.told:
		n.told = false
		return Notice{Title: w.back, Body: fmt.Sprintf(w.backAfter, w.length(n.length(s, now)))}, true
	}
	return Notice{}, false
}

// length of the outage that was told: as the agent noted it, or until now.
func (n *Notices) length(s *monitor.Snapshot, now time.Time) time.Duration {
	for _, o := range s.Outages {
		if o.Started.Equal(n.began) && o.Duration != nil {
			return o.Duration.Duration()
		}
	}
	return now.Sub(n.began)
}
