package checks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// Kerberos refuses tickets beyond five minutes by default (RFC 4120, 1.6 "clock
// skew"); a clock that is off by more than two is on its way there.
const (
	clockFails = 5 * time.Minute
	clockWarns = 2 * time.Minute
)

var machineClock = suite.Check{
	ID: "machine.clock", Group: "machine", Title: "Clock", Affects: "everything",
	Behind: []string{"discovery.comparison", "web.healthcheck"}, // their answers carry the servers' time
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		clocks := e.Clocks()
		if len(clocks) == 0 {
			return suite.Skip("no server answered over HTTP, so there is no clock to compare with")
		}
		worst := clocks[0]
		for _, c := range clocks {
			if c.Offset.Abs() > worst.Offset.Abs() {
				worst = c
			}
		}
		offset := report.MS(worst.Offset)
		e.Machine(func(m *report.Machine) { m.ClockOffset = &offset })
		return judgeClock(worst)
	},
}

func judgeClock(c suite.Clock) suite.Outcome {
	text := fmt.Sprintf("this computer's clock is %s that of %s", offsetText(c.Offset), c.Host)
	saw := signal(suite.ClockOff, c.Host, "offset_ms", float64(report.MS(c.Offset)), "offset", offsetText(c.Offset))
	switch off := c.Offset.Abs(); {
	case off > clockFails:
		return suite.Fail(text).Saw(saw)
	case off > clockWarns:
		return suite.Warn(text).Saw(saw)
	}
	return suite.Pass("agrees with "+c.Host).With("offset_ms", report.MS(c.Offset))
}

// offsetText is "2h ahead of" or "1h5m behind": seconds count only within minutes.
func offsetText(off time.Duration) string {
	unit := time.Second
	if off.Abs() >= clockFails {
		unit = time.Minute
	}
	text := off.Abs().Round(unit).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len("0s")]
		}
	}
	if off < 0 {
		return text + " behind"
	}
	return text + " ahead of"
}
