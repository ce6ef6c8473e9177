package certificates

import (
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/certs"
)

// Wanted is a name that a certificate has to carry, and where it comes from.
type Wanted struct {
	Name    string   `json:"name"`
	Sources []string `json:"sources,omitempty"`
}

// Want adds a name to a list, or its source to the name; "" is no name.
func Want(list []Wanted, name, source string) []Wanted {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" {
		return list
	}
	i := slices.IndexFunc(list, func(w Wanted) bool { return w.Name == name })
	if i < 0 {
		return append(list, Wanted{Name: name, Sources: []string{source}})
	}
	if !slices.Contains(list[i].Sources, source) {
		list[i].Sources = append(slices.Clip(list[i].Sources), source)
	}
	return list
}

// Matrix is names wanted against names carried.
type Matrix struct {
	Rows []MatrixRow
	at   map[string]*certs.Host
}

// MatrixRow is one name: whether the server behind it shows a certificate that
// carries it, and which of the other hosts' certificates do.
type MatrixRow struct {
	Wanted
	Shown     bool     `json:"shown"`                // a certificate was seen at this name
	Match     string   `json:"match,omitempty"`      // how that carries it: "exact", "wildcard", "common-name"
	CarriedBy []string `json:"carried_by,omitempty"` // hosts whose certificate carries it
}

// NewMatrix compares names with what their hosts showed, by name; a name without
// an address is in no host.
func NewMatrix(wanted []Wanted, at map[string]*certs.Host) *Matrix {
	m := &Matrix{at: at}
	for _, w := range wanted {
		r := MatrixRow{Wanted: w}
		for _, other := range wanted {
			h := at[other.Name]
			if h == nil || h.First() == nil {
				continue
			}
			match := certs.Carries(h.First().Leaf(), w.Name)
			if other.Name == w.Name {
				r.Shown, r.Match = true, string(match)
			}
			if match != certs.NoMatch {
				r.CarriedBy = append(r.CarriedBy, other.Name)
			}
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// At is what was seen at a name, nil for nothing.
func (m *Matrix) At(name string) *certs.Host { return m.at[name] }

// Names are all names wanted.
func (m *Matrix) Names() (out []string) {
	for _, r := range m.Rows {
		out = append(out, r.Name)
	}
	return out
}

// Uncovered are the names that main has to answer for and no certificate carries:
// those that lead to a certificate without them, and those without an address
// here (from inside they may lead to main).
func (m *Matrix) Uncovered(main *certs.Host) (out []string) {
	for _, r := range m.Rows {
		wrong := r.Shown && r.Match == string(certs.NoMatch)
		nowhere := !r.Shown && len(r.CarriedBy) == 0
		if r.Name != main.Host && (wrong || nowhere) {
			out = append(out, r.Name)
		}
	}
	return out
}
