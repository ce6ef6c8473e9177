package exchangetest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fault names something that goes wrong (or is merely different) and how.
type Fault struct {
	Name    string // a row of Faults
	Variant string // one of the row's Variants; "" is the first
	Host    string // the site it concerns, for faults of certificates and connections: "mail" ("" is the same), "autodiscover", "website", "*" for the first two
	User    string // the address it concerns, for faults of accounts and mailboxes; "" is everybody
}

// FaultInfo describes a fault that Set knows.
type FaultInfo struct {
	Name     string   // also the expected cause of a verdict, where there is one
	Title    string   // one sentence for people
	Imitates string   // what a real server or network does
	Variants []string // kinds of it, the first is the default; empty when there is one kind
	Cause    string   // cause that a diagnosis should name for the first variant; "" when there is none to name
	Healthy  bool     // nothing is wrong, the server is merely different
	// Hold is how long a connection must be watched at rest to see it; 0 is not at all.
	Hold     time.Duration
	Warns    bool // mail works; a diagnosis should warn and name Cause
	Kerberos bool // a client should be given Krb5Conf
}

type faultRow struct {
	FaultInfo
	apply func(b *behaviour, f Fault)
}

// families are the tables of faults, one per file fault_*.go.
var families = [][]faultRow{discoveryFaults, tlsFaults, authFaults, frontFaults, sessionFaults, pathFaults, rpcFaults, clientFaults, mannerFaults, domainFaults, proxyFaults, localFaults,
	mailboxFaults, nameFaults, networkFaults, accountFaults}

func faultNamed(name string) *faultRow {
	for _, family := range families {
		for i := range family {
			if family[i].Name == name {
				return &family[i]
			}
		}
	}
	return nil
}

// Faults lists every fault that Set knows.
func (s *Server) Faults() []FaultInfo { return Faults() }

// Faults lists every fault that Server.Set knows.
func Faults() (out []FaultInfo) {
	for _, family := range families {
		for _, row := range family {
			out = append(out, row.FaultInfo)
		}
	}
	return out
}

func (f Fault) check() error {
	row := faultNamed(f.Name)
	if row == nil {
		return fmt.Errorf("exchangetest: no fault is named %q", f.Name)
	}
	if f.Variant != "" && !slices.Contains(row.Variants, f.Variant) {
		return fmt.Errorf("exchangetest: fault %s has no variant %q (it has %s)", f.Name, f.Variant, strings.Join(row.Variants, ", "))
	}
	return nil
}

// Set makes f happen from now on, beside the faults that are already set; one of
// the same name is replaced. Requests that are being answered finish as they
// began, connections stay open.
func (s *Server) Set(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	s.change(func(active []Fault) []Fault {
		return append(slices.DeleteFunc(active, func(a Fault) bool { return a.Name == f.Name }), f)
	})
	return nil
}

// Clear ends the fault of that name; "" ends all.
func (s *Server) Clear(name string) {
	s.change(func(active []Fault) []Fault {
		return slices.DeleteFunc(active, func(a Fault) bool { return name == "" || a.Name == name })
	})
}
