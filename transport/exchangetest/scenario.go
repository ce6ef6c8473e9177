package exchangetest

import "time"

// Scenario is a situation that the command line can show by name.
type Scenario struct {
	Name     string // "healthy", or the name of a fault
	Title    string
	Cause    string                // cause a diagnosis should name; "" when there is none to name
	Healthy  bool                  // a diagnosis should find nothing wrong
	Variants []string              // kinds of it, the first is the default
	Apply    func(s *Server) error // puts a running server into the situation
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
	out := []Scenario{{Name: "healthy", Title: "Everything works.", Healthy: true, Apply: func(s *Server) error { s.Clear(""); return nil }}}
	for _, e := range events {
		e.Healthy, e.Event, e.Apply = true, e.Name, out[0].Apply
		out = append(out, e)
	}
	for _, f := range Faults() {
		name := f.Name
		out = append(out, Scenario{Name: name, Title: f.Title, Cause: f.Cause, Healthy: f.Healthy, Hold: f.Hold, Variants: f.Variants, Apply: func(s *Server) error {
			s.Clear("")
			return s.Set(Fault{Name: name})
		}})
	}
	return out
}

// Variant is the scenario in one of its Variants.
func (c Scenario) Variant(variant string) Scenario {
	name := c.Name
	c.Name, c.Variants = name+"/"+variant, nil
	c.Apply = func(s *Server) error {
		s.Clear("")
		return s.Set(Fault{Name: name, Variant: variant})
	}
	return c
}

// events are situations in which a session is proven to survive, or replaced.
var events = []Scenario{
	{Name: "network-switch", Title: "The computer moves to another network; the session goes on."},
	{Name: "sleep", Title: "The computer sleeps and wakes; the session goes on."},
	{Name: "context-expired", Title: "The computer sleeps for so long that the server forgets the session."},
}
