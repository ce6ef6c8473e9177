package lab

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/embedded"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// Case is one situation, and what a diagnosis should say of it.
type Case struct {
	Name     string   // "cert-invalid/expired"; each once
	Cause    string   // that the verdict should name; "" when nothing is wrong
	Or       []string // further causes that would be as right
	Also     []string // further causes that belong to the findings
	Warns    bool     // mail works all the same
	Inspects bool     // it has a proxy that opens the encryption
	Slow     bool     // lasts as long as a limit of many seconds

	// What is injected, all of it together.
	Server    func(*exchangetest.Options) // before the server starts
	Faults    []exchangetest.Fault
	Client    func(*Bench) error // changes the way to the server, or the client
	Hold      time.Duration      // how long a connection must be watched at rest
	Namespace []string           // commands that build the network namespace it runs in; nil: it needs none
}

// Bench is a running situation: the server, and the options of a client.
type Bench struct {
	Server  *exchangetest.Server
	Options diag.Options
	closers []func()
}

// Inject makes the situations of all cases true at the same time.
func Inject(cases ...Case) (*Bench, error) {
	var o exchangetest.Options
	for _, c := range cases {
		if c.Server != nil {
			c.Server(&o)
		}
	}
	s, err := exchangetest.Start(o)
	if err != nil {
		return nil, err
	}
	b := &Bench{Server: s, closers: []func(){s.Close}}
	if err := b.inject(cases); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bench) inject(cases []Case) error {
	for _, c := range cases {
		for _, f := range c.Faults {
			if err := b.Server.Set(f); err != nil {
				return err
			}
		}
	}
	var err error
	if b.Options, err = embedded.Options(b.Server); err != nil {
		return err
	}
	for _, c := range cases {
		b.Options.Hold = max(b.Options.Hold, c.Hold)
		if c.Client == nil {
			continue
		}
		if err := c.Client(b); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return nil
}

// Diagnose makes the diagnosis.
func (b *Bench) Diagnose(ctx context.Context) (*report.Report, error) {
	return diag.Diagnose(ctx, b.Options)
}

// Close ends everything that the situation is made of.
func (b *Bench) Close() {
	for _, f := range slices.Backward(b.closers) {
		f()
	}
}

// Cases are all situations of the lab: the healthy ones, then the faults.
func Cases() []Case {
	var healthy, faulty []Case
	for _, c := range slices.Concat(wellCases, exchangeCases(), clientCases, proxyCases, pathCases) {
		if c.Cause == "" {
			healthy = append(healthy, c)
		} else {
			faulty = append(faulty, c)
		}
	}
	return slices.Concat(healthy, faulty)
}

// Find is the case of that name.
func Find(name string) (Case, bool) {
	all := Cases()
	if i := slices.IndexFunc(all, func(c Case) bool { return c.Name == name }); i >= 0 {
		return all[i], true
	}
	return Case{}, false
}
