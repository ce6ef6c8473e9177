package cli

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/embedded"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// guideDemo walks through what is wrong in the demo. Whoever answers that a step is
// done has really mended it there: the fault of that cause ends.
func guideDemo(ctx context.Context, s Streams, run runFlags, f guideFlags, scenarios []exchangetest.Scenario) error {
	server, err := exchangetest.Start(exchangetest.Options{})
	if err != nil {
		return fmt.Errorf("cannot start the embedded Exchange: %w", err)
	}
	defer server.Close()
	if err := exchangetest.Apply(server, scenarios...); err != nil {
		return err
	}
	f.outputFlags = run.outputFlags
	g, _, err := f.begin(s, "", nil)
	if err != nil {
		return err
	}
	if g.o, err = embedded.Options(server); err != nil {
		return err
	}
	g.out, g.timeout, g.hold = run.outputFlags, run.timeout, run.hold
	for _, scenario := range scenarios {
		g.hold = max(g.hold, scenario.Hold)
	}
	g.mend = func(cause string) {
		for _, scenario := range scenarios {
			if scenario.Fault.Name == cause || scenario.Cause == cause {
				server.Clear(scenario.Fault.Name)
			}
		}
	}
	g.refresh = func(o *diag.Options) error {
		now, err := embedded.Options(server) // what is wrong on the computer or with the password ends too
		o.Password, o.Registry, o.Credentials, o.Cache = now.Password, now.Registry, now.Credentials, now.Cache
		return err
	}
	return g.run(ctx)
}
