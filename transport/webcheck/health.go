package webcheck

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// VDirs are the virtual directories of Exchange that have a health page.
var VDirs = []string{"mapi", "ews", "autodiscover", "oab", "rpc", "owa", "ecp", "Microsoft-Server-ActiveSync"}

const (
	// maxAddresses bounds how many addresses of one name are asked. A name with
	// more belongs to a content network, whose nodes are alike.
	maxAddresses = 8
	// lanes is how many connections to one address share its virtual directories:
	// one would take eight round trips, eight would cost eight handshakes.
	lanes = 2
)

// Health is the answer of one virtual directory at one address.
type Health struct {
	VDir    string
	Address string // "address:port"; "" through a proxy, which chooses it
	Status  int    // 0 when there was no answer
	Server  string // name that the page carries, "" for another page
	Sight   Sight
	Took    time.Duration
	Err     error
}

// OK says that the server calls the directory healthy.
func (h *Health) OK() bool { return h.Status == http.StatusOK && h.Sight.Kind == HealthPage }

// Down says that the page tells of a component out of service: Managed
// Availability answers with an error or hangs up. A 404, a 401 or another page
// says nothing about health.
func (h *Health) Down() bool {
	if h.Err != nil {
		switch netpath.PhaseOf(h.Err) {
		case netpath.PhaseWrite, netpath.PhaseFirstByte, netpath.PhaseBody:
			return true
		}
		return false
	}
	return h.Status >= 500
}

// Healthchecks asks for healthcheck.htm of each directory at every address of
// host, without a credential. Each address has connections of its own; base says
// how to get there and is not used itself. check is the id for the trace.
//
// The page exists while Managed Availability holds the protocol active (Exchange
// documentation, load balancing). The error says that the name has no address.
func Healthchecks(ctx context.Context, base *httpc.Client, host, port string, vdirs []string, check string) ([]Health, error) {
	doors, err := doorsOf(ctx, base, host, port)
	if err != nil {
		return nil, err
	}
	out := make([]Health, len(doors)*len(vdirs))
	var wg sync.WaitGroup
	for i, d := range doors {
		mine := out[i*len(vdirs) : (i+1)*len(vdirs)]
		client := d.client(base)
		defer client.Close()
		for lane := range min(lanes, len(vdirs)) {
			wg.Go(func() {
				for n := lane; n < len(vdirs); n += lanes {
					mine[n] = healthOf(ctx, client, "https://"+authority(host, port), vdirs[n], check)
					mine[n].Address = d.address
				}
			})
		}
	}
	wg.Wait()
	return out, nil
}

// door is one way to a host.
type door struct {
	path    netpath.Path
	address string
}

// doorsOf are the addresses of a host; through a proxy there is one way.
func doorsOf(ctx context.Context, base *httpc.Client, host, port string) ([]door, error) {
	path := netpath.Path{}
	if base.Path != nil {
		path = *base.Path
	}
	if path.Proxied(host, port) || path.ConnectTo[authority(host, port)] != "" {
		return []door{{path: path}}, nil
	}
	addrs, err := path.Addresses(ctx, host, port)
	if err != nil {
		return nil, err
	}
	var out []door
	for _, a := range addrs[:min(len(addrs), maxAddresses)] {
		pinned := path
		pinned.Resolve = map[string][]netip.Addr{authority(host, port): {a.Addr()}}
		out = append(out, door{pinned, a.String()})
	}
	return out, nil
}

// client is one without any credential, for this door alone.
func (d door) client(base *httpc.Client) *httpc.Client {
	return &httpc.Client{Path: &d.path, UserAgent: base.UserAgent, Trace: base.Trace}
}

// authority is "host:port" in lower case, an IPv6 address in brackets.
func authority(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return strings.ToLower(host) + ":" + port
}

func healthOf(ctx context.Context, client *httpc.Client, origin, vdir, check string) Health {
	h := Health{VDir: vdir}
	start := time.Now()
	defer func() { h.Took = time.Since(start) }()
	url := strings.TrimSuffix(origin, ":443") + "/" + vdir + "/healthcheck.htm"
	resp, err := client.Do(ctx, &httpc.Request{Method: http.MethodGet, URL: url, Anonymous: true, FirstByte: pageLimit, Check: check})
	if err != nil {
		h.Err = err
		return h
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	h.Status, h.Err = resp.Status, err
	h.Sight = Recognise(Answer{URL: url, Status: resp.Status, Header: resp.Header, Body: body})
	h.Server = ParseHealth(body)
	return h
}

// maxHost is the longest host name there is (RFC 1035 2.3.4).
const maxHost = 255

// ParseHealth is the server's name on a health page, "200 OK<br/>SERVER.FQDN"; ""
// for any other page.
func ParseHealth(body []byte) string {
	lines := read(body).lines
	if len(lines) < 2 || lines[0].text() != "200 OK" {
		return ""
	}
	name := lines[1].text()
	if len(name) > maxHost || strings.ContainsAny(name, " <>\"'") {
		return ""
	}
	return name
}
