//go:build real && linux

package reallab

import (
	_ "embed"
	"os"
	"strings"
	"testing"
)

//go:embed seed.py
var seedPy string

// Directory is a running Samba AD domain controller, dc1 of the domain.
type Directory struct {
	Domain string // "example.test"
	DNS    string // "address:port"
	Conf   string // krb5.conf
	CA     *Authority
	IP     string
}

// StartDirectory provisions a domain at a loopback address of its own, with the
// account alice. It takes root: the ports of a domain are fixed.
func StartDirectory(t testing.TB, password string) *Directory {
	t.Helper()
	for _, p := range []string{"samba", "samba-tool"} {
		Need(t, p)
	}
	if os.Getuid() != 0 {
		t.Skip("left out: a domain controller listens on ports that belong to root")
	}
	d := &Directory{Domain: "example.test", IP: "127.0.77.10", CA: NewAuthority(t, "Example Lab CA")}
	d.DNS = d.IP + ":53"
	dir := t.TempDir()
	for _, sub := range []string{"etc", "private", "private/tls", "state", "cache", "lock", "pid", "ncalrpc", "log", "winbindd", "ntp"} {
		if err := os.MkdirAll(dir+"/"+sub, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf := write(t, dir+"/etc/smb.conf", "") // it must exist, empty
	os.Remove(dir + "/private/tls")
	run(t, nil, "", "samba-tool", "domain", "provision", "--targetdir="+dir, "--configfile="+conf, "--realm="+strings.ToUpper(d.Domain), "--domain=EXAMPLE",
		"--server-role=dc", "--dns-backend=SAMBA_INTERNAL", "--host-name=dc1", "--host-ip="+d.IP, "--adminpass=Passw0rd!Adm", "--use-rfc2307",
		"--option=interfaces="+d.IP+"/8", "--option=bind interfaces only=yes", "--option=dns forwarder=", "--option=vfs objects=")
	d.configure(t, dir, conf)
	run(t, nil, "", "/usr/bin/python3", write(t, dir+"/seed.py", seedPy), dir, d.Domain, password)
	daemonAt(t, nil, []string{d.IP + ":53", d.IP + ":88", d.IP + ":636"}, "samba", "-F", "-M", "single", "--no-process-group", "-s", conf, "--debug-stdout")
	d.Conf = write(t, dir+"/krb5.conf", "[libdefaults]\n default_realm = EXAMPLE.TEST\n[realms]\n EXAMPLE.TEST = {\n  kdc = "+d.IP+":88\n }\n")
	return d
}

// configure adds what provisioning does not ask for: folders of its own, fewer
// services, and a certificate, which Samba else takes seconds to make.
func (d *Directory) configure(t testing.TB, dir, conf string) {
	t.Helper()
	_, cert, key := d.CA.Issue(t, "dc1."+d.Domain)
	os.Chmod(key, 0o600)
	b, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	add := strings.NewReplacer("DIR", dir, "CERT", cert, "KEY", key, "CAFILE", write(t, dir+"/ca.pem", string(d.CA.PEM()))).Replace(`[global]
	ncalrpc dir = DIR/ncalrpc
	pid directory = DIR/pid
	winbindd socket directory = DIR/winbindd
	ntp signd socket directory = DIR/ntp
	log file = DIR/log/samba.log
	dns forwarder =
	server services = rpc, ldap, cldap, kdc, dns
	ldap server require strong auth = allow_sasl_over_tls
	tls enabled = yes
	tls keyfile = KEY
	tls certfile = CERT
	tls cafile = CAFILE
`)
	write(t, conf, strings.Replace(string(b), "[global]\n", add, 1))
}
