package checks

import (
	"context"
	"fmt"
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
	way := "ahead of"
	if c.Offset < 0 {
		way = "behind"
	}
	off := c.Offset.Abs().Round(time.Second)
	text := fmt.Sprintf("this computer's clock is %s %s that of %s", off, way, c.Host)
	saw := signal(suite.ClockOff, c.Host, "offset_ms", float64(report.MS(c.Offset)), "offset", off.String()+" "+way)
	switch {
	case off > clockFails:
		return suite.Fail(text).Saw(saw)
	case off > clockWarns:
		return suite.Warn(text).Saw(saw)
	}
	return suite.Pass("agrees with "+c.Host).With("offset_ms", report.MS(c.Offset))
}
