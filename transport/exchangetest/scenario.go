package exchangetest

import (
	"fmt"
	"time"
)

// Scenario is a situation that the command line can show by name.
type Scenario struct {
	Name     string // "healthy", or the name of a fault
	Title    string
	Cause    string   // cause a diagnosis should name; "" when there is none to name
	Healthy  bool     // a diagnosis should find nothing wrong
	Variants []string // kinds of it, the first is the default
	Fault    Fault    // what is set; the zero value is nothing
	// Event is what happens to a session while it is open: "network-switch",
	// "sleep" or "context-expired"; "" is nothing.
	Event string
	// Hold is how long a diagnosis must watch a connection at rest to see what is
	// wrong; 0 is not at all.
	Hold time.Duration
}

// Scenarios are all situations: the healthy one first, then what happens to an
// open session, then one per fault.
func Scenarios() []Scenario {
	out := []Scenario{{Name: "healthy", Title: "Everything works.", Healthy: true}}
	for _, e := range events {
		e.Healthy, e.Event = true, e.Name
		out = append(out, e)
	}
	for _, f := range Faults() {
		out = append(out, Scenario{Name: f.Name, Title: f.Title, Cause: f.Cause, Healthy: f.Healthy, Hold: f.Hold, Variants: f.Variants, Fault: Fault{Name: f.Name}})
	}
	return out
}

// Variant is the scenario in one of its Variants.
func (c Scenario) Variant(variant string) Scenario {
	c.Fault.Variant = variant
	c.Name, c.Variants = c.Name+"/"+variant, nil
	return c
}

// Apply puts a running server into these situations at once, and into no other.
func Apply(s *Server, scenarios ...Scenario) error {
	s.Clear("")
	for _, c := range scenarios {
		if c.Fault.Name == "" {
			continue
		}
		if err := s.Set(c.Fault); err != nil {
			return fmt.Errorf("cannot set up the scenario %s: %w", c.Name, err)
		}
	}
	return nil
}

// events are situations in which a session is proven to survive, or replaced.
var events = []Scenario{
	{Name: "network-switch", Title: "The computer moves to another network; the session goes on."},
	{Name: "sleep", Title: "The computer sleeps and wakes; the session goes on."},
	{Name: "context-expired", Title: "The computer sleeps for so long that the server forgets the session."},
}
