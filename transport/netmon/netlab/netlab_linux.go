package netlab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The addresses in the server network.
const (
	Server4, Server6 = "203.0.113.10", "2001:db8:10::10"
	Other4, Other6   = "203.0.113.20", "2001:db8:10::20" // the second address of the server
	OfficeDNS        = "203.0.113.53"
	WiFiDNS          = "203.0.113.54"
	DNS6             = "2001:db8:10::53"
)

// Uplink is one of the two ways out of the client.
type Uplink struct {
	Name             string
	Client4, Client6 string // addresses of the client there
	net4, net6       string // up to the last number
	public           string // last number of the gateway in the server network
	bits4, bits6     string
}

// The uplinks.
var (
	Office = Uplink{"office", "192.0.2.2", "2001:db8:1::2", "192.0.2.", "2001:db8:1::", "11", "/24", "/64"}
	WiFi   = Uplink{"wifi", "198.51.100.2", "2001:db8:2::2", "198.51.100.", "2001:db8:2::", "12", "/24", "/64"}
)

// Families are the protocols that an uplink speaks.
type Families string

// The combinations.
const (
	IPv4 Families = "4"
	IPv6 Families = "6"
	Both Families = "46"
)

var hosts = []string{"client", "server", Office.Name, WiFi.Name}

// Lab is one such internet. It is gone with its test.
type Lab struct {
	t      testing.TB
	prefix string
}

// New builds the namespaces; the client has no uplink yet. Where they cannot be
// built the test is skipped, in CI it fails.
func New(t testing.TB) *Lab {
	t.Helper()
	Need(t, "ip", "nft")
	l := &Lab{t: t, prefix: fmt.Sprintf("ms%d", os.Getpid())}
	t.Cleanup(l.remove)
	if out, err := exec.Command("ip", "netns", "add", l.NS("client")).CombinedOutput(); err != nil {
		leaveOut(t, "no namespace can be made here: "+strings.TrimSpace(string(out)))
	}
	for _, ns := range []string{"server", Office.Name, WiFi.Name} {
		l.must("ip", "netns", "add", l.NS(ns))
	}
	for _, ns := range hosts {
		l.ip(ns, "link set lo up")
	}
	l.buildServer()
	for _, u := range []Uplink{Office, WiFi} {
		l.buildUplink(u)
	}
	return l
}

// Need skips the test unless it runs as root and the programs are there. In CI
// it fails instead: a real part that is left out there would never be run.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	if os.Getuid() != 0 {
		leaveOut(t, "it needs root")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			leaveOut(t, "it needs the program "+p)
		}
	}
}

func leaveOut(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("NOT RUN: %s", why)
	}
	t.Skipf("NOT RUN: %s", why)
}

// NS is the name of a namespace: of "client", "server", "office" or "wifi".
func (l *Lab) NS(host string) string { return l.prefix + "-" + host }

func (l *Lab) buildServer() {
	l.ip("server", "link add br0 type bridge")
	for _, a := range []string{Server4, Other4, OfficeDNS, WiFiDNS} {
		l.ip("server", "addr add "+a+"/24 dev br0")
	}
	for _, a := range []string{Server6, Other6, DNS6} {
		l.ip("server", "addr add "+a+"/64 dev br0 nodad")
	}
	l.ip("server", "link set br0 up")
}

func (l *Lab) buildUplink(u Uplink) {
	gateway, dev := u.Name, u.Name+"0"
	l.must("ip", "link", "add", dev, "netns", l.NS("client"), "type", "veth", "peer", "name", "down0", "netns", l.NS(gateway))
	l.must("ip", "link", "add", "up0", "netns", l.NS(gateway), "type", "veth", "peer", "name", u.Name, "netns", l.NS("server"))
	l.ip("server", "link set "+u.Name+" master br0 up")
	l.ip("server", "route add "+u.net6+"/64 via 2001:db8:10::"+u.public)
	for _, a := range []string{
		"addr add " + u.net4 + "1/24 dev down0", "addr add " + u.net6 + "1/64 dev down0 nodad", "link set down0 up",
		"addr add 203.0.113." + u.public + "/24 dev up0", "addr add 2001:db8:10::" + u.public + "/64 dev up0 nodad", "link set up0 up",
	} {
		l.ip(gateway, a)
	}
	for _, s := range []string{"ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1", "netfilter/nf_conntrack_tcp_loose=0"} {
		name, value, _ := strings.Cut(s, "=")
		l.Sh(gateway, "echo "+value+" >/proc/sys/net/"+name)
	}
	l.Nft(gateway, `table ip nat { chain post { type nat hook postrouting priority 100; oifname "up0" masquerade; }; }
table inet filter { chain forward { type filter hook forward priority 0; ct state invalid drop; }; }`)
}

// Join plugs the client into u: link, addresses, DNS server and default route,
// which from then on is the only one.
func (l *Lab) Join(u Uplink, f Families) {
	l.t.Helper()
	dev := u.Name + "0"
	l.ip("client", "link set "+dev+" up")
	dns := map[string]string{Office.Name: OfficeDNS, WiFi.Name: WiFiDNS}[u.Name]
	if !strings.Contains(string(f), string(IPv4)) {
		dns = DNS6
	}
	l.Resolver(dns)
	if strings.Contains(string(f), string(IPv4)) {
		l.ip("client", "addr replace "+u.Client4+u.bits4+" dev "+dev)
		l.ip("client", "route replace default via "+u.net4+"1 dev "+dev)
	}
	if strings.Contains(string(f), string(IPv6)) {
		l.ip("client", "addr replace "+u.Client6+u.bits6+" dev "+dev+" nodad")
		l.ip("client", "-6 route replace default via "+u.net6+"1 dev "+dev)
	}
}

// Leave takes the link of u down and its addresses away, as an unplugged cable
// does: no connection hears of it, and neither does the server.
func (l *Lab) Leave(u Uplink) {
	l.t.Helper()
	dev := u.Name + "0"
	l.ip("client", "link set "+dev+" down")
	l.ip("client", "addr flush dev "+dev)
}

// Resolver writes the client's resolv.conf.
func (l *Lab) Resolver(addr string) {
	l.t.Helper()
	dir := filepath.Join("/etc/netns", l.NS("client"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		l.t.Fatal(err)
	}
	// In place: the file is bound over /etc/resolv.conf of running processes.
	if err := os.WriteFile(filepath.Join(dir, "resolv.conf"), []byte("nameserver "+addr+"\n"), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// Command is a program that runs in the namespace of a host.
func (l *Lab) Command(host string, program ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", l.NS(host)}, program...)...)
}

// Sh runs a line of shell on a host.
func (l *Lab) Sh(host, line string) {
	l.t.Helper()
	if out, err := l.Command(host, "sh", "-c", line).CombinedOutput(); err != nil {
		l.t.Fatalf("%s: %s: %v: %s", host, line, err, out)
	}
}

// Nft adds firewall rules to a host.
func (l *Lab) Nft(host, rules string) {
	l.t.Helper()
	cmd := l.Command(host, "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("nft on %s: %v: %s", host, err, out)
	}
}

// ip runs the ip program on a host; words separates its arguments.
func (l *Lab) ip(host, words string) {
	l.t.Helper()
	l.must("ip", append([]string{"-n", l.NS(host)}, strings.Fields(words)...)...)
}

func (l *Lab) must(program string, args ...string) {
	l.t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		l.t.Fatalf("%s %s: %v: %s", program, strings.Join(args, " "), err, out)
	}
}

func (l *Lab) remove() {
	for _, host := range hosts {
		_ = exec.Command("ip", "netns", "del", l.NS(host)).Run() // errors: it was never made
	}
	os.RemoveAll(filepath.Join("/etc/netns", l.NS("client")))
}
