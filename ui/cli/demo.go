package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag/embedded"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

const demoLong = `Starts an Exchange of its own on loopback addresses, with its own name server,
certificate authority and a user, and runs the product against it. Nothing
outside this machine is asked, and nothing is left behind.

A SCENARIO puts a fault into that Exchange; the verdict then names its cause.
SCENARIO/VARIANT is another kind of it; --list has both. Without one everything
works. Several, with commas between them, are there at once.

With --guide it walks through what is wrong, as "mapiscope guide" does; a step
that you say is done really mends it.

On a desktop it shows icon and window, in a build that has them, until the window
is closed; elsewhere, and with --headless or --output, it writes the report.`

func newDemo(s Streams) *cobra.Command {
	var run runFlags
	var steps guideFlags
	var headless, list, guided bool
	cmd := &cobra.Command{
		Use:   "demo [SCENARIO]",
		Short: "run the product against an Exchange of its own",
		Long:  demoLong,
		Example: `  mapiscope demo
  mapiscope demo --list
  mapiscope demo bad-credentials
  mapiscope demo cert-invalid/expired --headless
  mapiscope demo bad-credentials,server-mapihttp-disabled --guide --role admin
  mapiscope demo server-mapihttp-disabled --headless --format json`,
		Args:              atMost(1, "one scenario"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return listScenarios(s.Out)
			}
			scenarios, err := findScenarios(args)
			if err != nil {
				return err
			}
			if err := run.prepare(cmd); err != nil {
				return err
			}
			if guided {
				return guideDemo(cmd.Context(), s, run, steps, scenarios)
			}
			if !headless && run.output == "" {
				if err := probeWindow(cmd.Context()); err != nil {
					fmt.Fprintf(s.Err, "no window can be opened, so the report is printed: %v; --headless leaves this line out\n", err)
					headless = true
				}
			}
			return runDemo(cmd.Context(), s, run, scenarios, headless || run.output != "")
		},
	}
	run.register(cmd)
	cmd.Flags().BoolVar(&headless, "headless", false, "print the report, without a window")
	cmd.Flags().BoolVar(&guided, "guide", false, "walk through what is wrong, step by step, and mend it")
	steps.register(cmd)
	cmd.Flags().BoolVar(&list, "list", false, "list the scenarios")
	return cmd
}

// runDemo diagnoses the first user of a fresh server that is in the scenarios; what
// happens to an open session comes alone.
func runDemo(ctx context.Context, s Streams, run runFlags, scenarios []exchangetest.Scenario, headless bool) error {
	scenario := scenarios[0]
	trip := newJourney(scenario.Event)
	server, err := exchangetest.Start(exchangetest.Options{Now: trip.Now})
	if err != nil {
		return fmt.Errorf("cannot start the embedded Exchange: %w", err)
	}
	defer server.Close()
	if err := exchangetest.Apply(server, scenarios...); err != nil {
		return err
	}
	o, err := embedded.Options(server)
	if err != nil {
		return err
	}
	for _, each := range scenarios {
		o.Hold = max(o.Hold, run.hold, each.Hold)
	}
	if !headless {
		return showDemo(ctx, s, server, o)
	}
	if scenario.Event != "" || scenario.Hold > 0 {
		trip.server = server
		if o.Outages, err = trip.live(ctx, s, o, scenario); err != nil {
			return fmt.Errorf("the scenario %s failed: %w", scenario.Name, err)
		}
	}
	return run.diagnose(ctx, s, o)
}

// findScenarios finds those named, or the healthy one.
func findScenarios(args []string) ([]exchangetest.Scenario, error) {
	all := exchangetest.Scenarios()
	if len(args) == 0 {
		return all[:1], nil
	}
	var out []exchangetest.Scenario
	words := strings.Split(args[0], ",")
	for _, word := range words {
		scenario, err := findScenario(all, word)
		if err != nil {
			return nil, err
		}
		if len(words) > 1 && (scenario.Event != "" || scenario.Healthy) {
			return nil, usagef("%q is no fault, and comes alone", word).hint("only faults can be there at once")
		}
		out = append(out, scenario)
	}
	return out, nil
}

func findScenario(all []exchangetest.Scenario, name string) (exchangetest.Scenario, error) {
	var names []string
	for _, scenario := range all {
		fault, variant, some := strings.Cut(name, "/")
		if scenario.Name == name {
			return scenario, nil
		}
		if some && scenario.Name == fault {
			return variantOf(scenario, variant)
		}
		names = append(names, scenario.Name)
	}
	e := usagef("no scenario is named %q", name)
	if meant := suite.Nearest(name, names); meant != "" {
		e.hint("did you mean %q?", meant)
	}
	return exchangetest.Scenario{}, e.hint("\"mapiscope demo --list\" names them all")
}

func variantOf(scenario exchangetest.Scenario, variant string) (exchangetest.Scenario, error) {
	if slices.Contains(scenario.Variants, variant) {
		return scenario.Variant(variant), nil
	}
	e := usagef("scenario %s has no variant %q", scenario.Name, variant)
	if len(scenario.Variants) == 0 {
		return scenario, e.hint("it has none: mapiscope demo %s", scenario.Name)
	}
	return scenario, e.hint("it has %s", strings.Join(scenario.Variants, ", "))
}

func listScenarios(w io.Writer) error {
	for _, scenario := range exchangetest.Scenarios() {
		variants := ""
		if len(scenario.Variants) > 0 {
			variants = " (" + strings.Join(scenario.Variants, ", ") + ")"
		}
		if _, err := fmt.Fprintf(w, "%-27s %s%s\n", scenario.Name, scenario.Title, variants); err != nil {
			return err
		}
	}
	return nil
}

func completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) == 0 {
		for _, scenario := range exchangetest.Scenarios() {
			out = append(out, cobra.CompletionWithDesc(scenario.Name, scenario.Title))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
