package checks

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var machineInterfaces = suite.Check{
	ID: "machine.interfaces", Group: "machine", Title: "Network of this computer", Affects: "everything",
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		list, err := interfaces()
		if err != nil {
			return suite.Skip("the system does not tell its network interfaces: " + err.Error())
		}
		e.Machine(func(m *report.Machine) { m.Interfaces = list })
		return judgeInterfaces(list, localOnly(e))
	},
}

// judgeInterfaces wants one interface that leads somewhere. local says that the
// servers are on this very computer, for which the loopback interface is enough.
func judgeInterfaces(list []report.Interface, local bool) suite.Outcome {
	var names []string
	for _, i := range list {
		if leadsOut(i) {
			names = append(names, i.Name)
		}
	}
	switch {
	case len(names) > 0:
		return suite.Pass(strings.Join(names, ", ")+plural(len(names), " is up", " are up")).With("interfaces", names)
	case local:
		return suite.Pass("no network, and none is needed: the servers are on this computer")
	}
	return suite.Fail("no network interface of this computer has an address").Saw(signal(suite.NoNetwork, ""))
}

// leadsOut says that an interface has an address other computers can be reached
// from: not loopback, not one that it gave itself because nobody answered.
func leadsOut(i report.Interface) bool {
	for _, a := range i.Addresses {
		if ip, _, err := net.ParseCIDR(a); err == nil && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			return true
		}
	}
	return false
}

// localOnly says that the DNS server in use is on this computer and was chosen
// for this run: a test, or the demonstration.
func localOnly(e *suite.Env) bool {
	host, _, err := net.SplitHostPort(e.Path.DNS)
	return err == nil && net.ParseIP(host).IsLoopback()
}

// interfaces lists those that are up, loopback left out.
func interfaces() ([]report.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var out []report.Interface
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		row := report.Interface{Name: i.Name, MTU: i.MTU}
		addrs, _ := i.Addrs() // one that went away meanwhile has none
		for _, a := range addrs {
			row.Addresses = append(row.Addresses, a.String())
		}
		out = append(out, row)
	}
	return out, nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// count writes "1 address", "3 addresses".
func count(n int, one, many string) string { return fmt.Sprintf("%d %s", n, plural(n, one, many)) }
