package checks

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// autodiscoverEndpoint is where Autodiscover is looked for first.
func autodiscoverEndpoint(e *suite.Env) (host, port string) {
	if e.AutodiscoverURL != "" {
		return suite.HostOf(e.AutodiscoverURL), suite.PortOf(e.AutodiscoverURL)
	}
	return e.AutodiscoverHost(), "443"
}

// answerPatience is how long a failure at the usual name of Autodiscover waits for
// another step to lead there. Whoever waits for a verdict should not wait for the
// slowest of all steps.
const answerPatience = 500 * time.Millisecond

// unlessAnswered takes the edge off a failure at the usual name of Autodiscover
// when another step led there: Outlook then works without it.
func unlessAnswered(ctx context.Context, e *suite.Env, host string, out suite.Outcome) suite.Outcome {
	if out.Status != report.Fail {
		return out
	}
	soon, stop := context.WithTimeout(ctx, answerPatience)
	defer stop()
	a, err := e.Answer(soon)
	if err != nil || suite.HostOf(a.FinalURL) == host {
		return out
	}
	o := suite.Skip("not needed: " + string(a.Step) + " led to Autodiscover (" + out.Summary + ")")
	o.Evidence = out.Evidence
	return o
}

// attempt is one TCP connection that was tried.
type attempt struct {
	Address string               `json:"address"`
	Took    *report.Milliseconds `json:"ms,omitempty"`
	Error   string               `json:"error,omitempty"`
	err     error
	addr    netip.Addr
}

// connectAll connects to every address of a host, at the same time: a client
// picks any of them, so one that does not answer is a fault that comes and goes.
// Through a proxy there is one address, the proxy's.
func connectAll(ctx context.Context, e *suite.Env, host, port string) suite.Outcome {
	if viaProxy(e, host) {
		return suite.Skip("the proxy connects to " + host + "; its addresses cannot be told from here")
	}
	addrs, err := addressesOf(ctx, e, host)
	if err != nil {
		return failed(err, host)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return suite.Fail("port " + port + " is none")
	}
	tried := make([]attempt, len(addrs))
	var wg sync.WaitGroup
	for i, addr := range addrs {
		wg.Go(func() { tried[i] = connectOne(ctx, e, host, netip.AddrPortFrom(addr, uint16(n))) })
	}
	wg.Wait()
	return judgeAddresses(host, port, tried)
}

func connectOne(ctx context.Context, e *suite.Env, host string, addr netip.AddrPort) attempt {
	start := time.Now()
	a := attempt{Address: addr.String(), addr: addr.Addr()}
	c, err := e.Path.DialTCPAddr(ctx, host, addr)
	if err != nil {
		a.err, a.Error = err, err.Error()
		return a
	}
	c.Close()
	took := report.MS(time.Since(start))
	a.Took = &took
	return a
}

func judgeAddresses(host, port string, tried []attempt) suite.Outcome {
	var dead []attempt
	for _, a := range tried {
		if a.err != nil {
			dead = append(dead, a)
		}
	}
	switch {
	case len(dead) == 0:
		return suite.Pass(fmt.Sprintf("port %s of %s answers at %s", port, host, count(len(tried), "address", "addresses"))).With("addresses", tried)
	case len(dead) == len(tried):
		return failed(dead[0].err, host).With("addresses", tried).Saw(cutOffFrom(host, dead, onOwnNetwork)...)
	}
	out := suite.Warn(fmt.Sprintf("port %s of %s does not answer at %s, and does at others", port, host, list(dead))).With("addresses", tried)
	if onlyIPv6(dead) {
		out = out.Saw(signal(suite.IPv6Dead, host, "address_tried", dead[0].Address))
	} else {
		out = out.Saw(signal(suite.AddressDead, host, "address_tried", dead[0].Address))
	}
	return out
}

// cutOffFrom says that a host has addresses of an internal network alone, which
// this computer is not in: no route leads there, or what is sent gets lost.
func cutOffFrom(host string, dead []attempt, own func(netip.Addr) bool) []suite.Signal {
	for _, a := range dead {
		kind := netpath.KindOf(a.err)
		if !a.addr.IsPrivate() || kind != netpath.KindTimeout && kind != netpath.KindUnreachable || own(a.addr) {
			return nil
		}
	}
	return []suite.Signal{signal(suite.PrivateUnreachable, host, "kept", list(dead),
		"what", list(dead)+" belongs to an internal network, and this computer is not in it")}
}

// onOwnNetwork says that an interface of this computer is in the network of an address.
func onOwnNetwork(a netip.Addr) bool {
	own, err := interfaces()
	if err != nil {
		return true // not known: nothing is said
	}
	for _, i := range own {
		for _, text := range i.Addresses {
			if p, err := netip.ParsePrefix(text); err == nil && p.Contains(a) {
				return true
			}
		}
	}
	return false
}

// onlyIPv6 says that the addresses that do not answer are all IPv6; the ones that
// do are not, or the addresses alone would be at fault.
func onlyIPv6(dead []attempt) bool {
	for _, a := range dead {
		if a.addr.Unmap().Is4() {
			return false
		}
	}
	return true
}

func list(tried []attempt) string {
	var out []string
	for _, a := range tried {
		out = append(out, a.Address)
	}
	return strings.Join(out, ", ")
}

func addressesOf(ctx context.Context, e *suite.Env, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addrs, err := e.Path.LookupAddrs(ctx, host)
	if err == nil && len(addrs) == 0 {
		err = netpath.NewError(netpath.PhaseDNS, host, "", errors.New("the name has no address"))
	}
	return addrs, err
}

func viaProxy(e *suite.Env, host string) bool {
	p, err := proxiesFor(e.Path.Proxy, []string{"https://" + host + "/"})
	return err == nil && len(p) > 0
}
