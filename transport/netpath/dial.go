package netpath

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// DialTCP connects to host directly, racing its addresses (RFC 8305): the next
// one starts when the one before failed or did not answer within Stagger.
func (p *Path) DialTCP(ctx context.Context, host, port string) (*Conn, error) {
	start := time.Now()
	if to := p.ConnectTo[hostKey(host, port)]; to != "" {
		return p.dialInstead(ctx, host, port, to)
	}
	addrs, err := p.addrPorts(ctx, host, port)
	if err != nil {
		return nil, err
	}
	dns := time.Since(start)
	c, err := p.race(ctx, host, addrs)
	if err != nil {
		return nil, err
	}
	c.Port, c.Timing.Start, c.Timing.DNS = port, start, dns
	return c, nil
}

// DialTCPAddr connects to one address of host directly.
func (p *Path) DialTCPAddr(ctx context.Context, host string, addr netip.AddrPort) (*Conn, error) {
	c, err := p.race(ctx, host, []netip.AddrPort{addr})
	if err != nil {
		return nil, err
	}
	c.Port = strconv.Itoa(int(addr.Port()))
	return c, nil
}

// dialInstead serves a ConnectTo entry for a host name: the name is not looked up.
func (p *Path) dialInstead(ctx context.Context, host, port, to string) (*Conn, error) {
	toHost, toPort, err := net.SplitHostPort(to)
	if err != nil {
		return nil, NewError(PhaseConnect, host, to, err)
	}
	direct := *p
	direct.ConnectTo = nil
	c, err := direct.DialTCP(ctx, toHost, toPort)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.Host = host
		}
		return nil, err
	}
	c.Host, c.Port = host, port
	return c, nil
}

func hostKey(host, port string) string { return net.JoinHostPort(strings.ToLower(host), port) }

// addrPorts is the addresses of host with the port, by Resolve or by DNS.
func (p *Path) addrPorts(ctx context.Context, host, port string) ([]netip.AddrPort, error) {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return nil, NewError(PhaseConnect, host, net.JoinHostPort(host, port), errors.New("the port is not a number from 1 to 65535"))
	}
	addrs := p.Resolve[hostKey(host, port)]
	if len(addrs) == 0 {
		addrs = p.Resolve[hostKey("*", port)]
	}
	if len(addrs) == 0 {
		if addrs, err = p.LookupAddrs(ctx, host); err != nil {
			return nil, err
		}
	}
	out := make([]netip.AddrPort, len(addrs))
	for i, a := range addrs {
		out[i] = netip.AddrPortFrom(a, uint16(n))
	}
	return out, nil
}

type dialed struct {
	index   int
	conn    net.Conn
	elapsed time.Duration
	err     error
}

// race dials addrs one after the other with a head start each; the first
// connection wins, later ones are closed.
func (p *Path) race(ctx context.Context, host string, addrs []netip.AddrPort) (*Conn, error) {
	limits := p.Limits.WithDefaults()
	limited, cancel := context.WithTimeout(ctx, limits.Connect)
	defer cancel()
	start := time.Now()
	results := make(chan dialed, len(addrs)) // room for all: no dialer ever blocks
	attempts := make([]Attempt, 0, len(addrs))
	stagger := time.NewTimer(0) // the first starts at once
	defer stagger.Stop()
	for started, ended := 0, 0; ended < len(addrs); {
		next := stagger.C
		if started == len(addrs) {
			next = nil
		}
		select {
		case <-next:
			go p.dialOne(limited, started, addrs[started], results)
			started++
			stagger.Reset(limits.Stagger)
		case r := <-results:
			ended++
			attempts = append(attempts, attemptOf(addrs[r.index], r, ctx, limited))
			if r.err == nil {
				go closeLosers(results, started-ended)
				return &Conn{Conn: r.conn, Host: host, Addr: addrs[r.index], Attempts: attempts,
					Timing: Timing{Start: start, Connect: time.Since(start)}}, nil
			}
			stagger.Reset(0)
		}
	}
	return nil, connectError(host, addrs, attempts)
}

func attemptOf(addr netip.AddrPort, r dialed, outer, limited context.Context) Attempt {
	a := Attempt{Addr: addr, Elapsed: r.elapsed}
	if r.err != nil {
		a.Err = limitCause(outer, limited, r.err)
		a.Kind = Classify(a.Err)
	}
	return a
}

// connectError reports the first address's failure, the one most people would
// have met, and keeps them all.
func connectError(host string, addrs []netip.AddrPort, attempts []Attempt) *Error {
	if len(attempts) == 0 {
		return &Error{Phase: PhaseConnect, Kind: KindNotFound, Host: host, Err: errors.New("the name has no address")}
	}
	e := &Error{Phase: PhaseConnect, Host: host, Attempts: attempts}
	for _, a := range attempts {
		if a.Addr == addrs[0] {
			e.Kind, e.Addr, e.Err = a.Kind, a.Addr.String(), a.Err
		}
	}
	return e
}

func closeLosers(results <-chan dialed, n int) {
	for range n {
		if r := <-results; r.conn != nil {
			r.conn.Close()
		}
	}
}

func (p *Path) dialOne(ctx context.Context, index int, addr netip.AddrPort, results chan<- dialed) {
	start := time.Now()
	target := addr.String()
	if to := p.ConnectTo[target]; to != "" {
		target = to
	}
	conn, err := p.dialer()(ctx, "tcp", target)
	results <- dialed{index, conn, time.Since(start), err}
}

func (p *Path) dialer() func(ctx context.Context, network, addr string) (net.Conn, error) {
	if p.Dial != nil {
		return p.Dial
	}
	return (&net.Dialer{}).DialContext
}
