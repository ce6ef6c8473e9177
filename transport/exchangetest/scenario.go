package exchangetest

// Scenario is a situation that the command line can show by name.
type Scenario struct {
	Name    string // "healthy", or the name of a fault
	Title   string
	Cause   string                // cause a diagnosis should name; "" when there is none to name
	Healthy bool                  // a diagnosis should find nothing wrong
	Apply   func(s *Server) error // puts a running server into the situation
}

// Scenarios are all situations: the healthy one first, then one per fault.
func Scenarios() []Scenario {
	out := []Scenario{{Name: "healthy", Title: "Everything works.", Healthy: true, Apply: func(s *Server) error { s.Clear(""); return nil }}}
	for _, f := range Faults() {
		name := f.Name
		out = append(out, Scenario{Name: name, Title: f.Title, Cause: f.Cause, Healthy: f.Healthy, Apply: func(s *Server) error {
			s.Clear("")
			return s.Set(Fault{Name: name})
		}})
	}
	return out
}
