//go:build real && linux

package reallab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Need finds a program. Where continuous integration runs, its absence is a failure.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; .ci/setup-real installs it", program)
		}
		t.Skipf("left out: %s is not installed (make setup-real)", program)
	}
	return path
}

// FreePort is a port of loopback that nobody listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// run runs a program to its end.
func run(t testing.TB, env []string, stdin string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdin = append(os.Environ(), env...), strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// daemon starts a program that ends with the test, and waits until its port takes
// connections.
func daemon(t testing.TB, env []string, port int, name string, args ...string) {
	t.Helper()
	daemonAt(t, env, []string{fmt.Sprint("127.0.0.1:", port)}, name, args...)
}

func daemonAt(t testing.TB, env, addrs []string, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.WaitDelay = append(os.Environ(), env...), time.Second
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		if t.Failed() {
			t.Logf("%s said: %s", name, log.String())
		}
	})
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); ; {
		c, err := net.Dial("tcp", addrs[0])
		if err == nil {
			c.Close()
			if addrs = addrs[1:]; len(addrs) == 0 {
				return
			}
			continue
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("%s ended: %s", name, log.String())
		case <-deadline:
			t.Fatalf("%s does not listen: %v", name, err)
		}
	}
}

func write(t testing.TB, file, content string) string {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// readable lets daemons of other users read in a folder that t.TempDir made.
func readable(dir string) {
	os.Chmod(filepath.Dir(dir), 0o755)
	os.Chmod(dir, 0o755)
}

// Realm is a running MIT KDC.
type Realm struct {
	Name string // "CONTOSO.TEST"
	Conf string // krb5.conf
	dir  string
	port int
}

// Option changes a realm before it starts.
type Option struct {
	Services []string // SPNs that exist; nil is HTTP/mail. and HTTP/autodiscover.
	Ahead    string   // what faketime adds to the KDC's clock, "+2h"
}

// StartRealm makes a realm for a DNS domain with the account alice.
func StartRealm(t testing.TB, domain, password string, o Option) *Realm {
	t.Helper()
	for _, p := range []string{"krb5kdc", "kdb5_util", "kadmin.local", "kinit"} {
		Need(t, p)
	}
	r := &Realm{Name: strings.ToUpper(domain), dir: t.TempDir(), port: FreePort(t)}
	readable(r.dir)
	at := fmt.Sprint("127.0.0.1:", r.port)
	r.Conf = write(t, r.dir+"/krb5.conf", strings.NewReplacer("REALM", r.Name, "DOMAIN", domain, "KDC", at, "DIR", r.dir).Replace(`[libdefaults]
 default_realm = REALM
 dns_lookup_kdc = false
 dns_lookup_realm = false
 rdns = false
 dns_canonicalize_hostname = false
 udp_preference_limit = 1
[realms]
 REALM = {
  kdc = KDC
 }
[domain_realm]
 .DOMAIN = REALM
[dbmodules]
 REALM = {
  db_library = db2
  database_name = DIR/principal
 }
`))
	write(t, r.dir+"/kdc.conf", strings.NewReplacer("REALM", r.Name, "KDC", at, "DIR", r.dir).Replace(`[kdcdefaults]
 kdc_listen = KDC
 kdc_tcp_listen = KDC
[realms]
 REALM = {
  database_name = DIR/principal
  key_stash_file = DIR/stash
  supported_enctypes = aes256-cts-hmac-sha384-192:normal aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
  default_principal_flags = +preauth
 }
[logging]
 kdc = FILE:DIR/kdc.log
`))
	run(t, r.env(), "", "kdb5_util", "create", "-s", "-r", r.Name, "-P", "master")
	if o.Services == nil {
		o.Services = []string{"HTTP/mail." + domain, "HTTP/autodiscover." + domain}
	}
	commands := "addprinc -pw " + password + " alice\n"
	for _, s := range o.Services {
		commands += "addprinc -randkey " + s + "\nktadd -k " + r.Keytab() + " " + s + "\n"
	}
	run(t, r.env(), commands, "kadmin.local", "-r", r.Name)
	os.Chmod(r.Keytab(), 0o644)
	name, args := Need(t, "krb5kdc"), []string{"-n", "-P", r.dir + "/pid"}
	if o.Ahead != "" {
		name, args = Need(t, "faketime"), append([]string{"-f", o.Ahead, name}, args...)
	}
	daemon(t, r.env(), r.port, name, args...)
	return r
}

func (r *Realm) env() []string {
	return []string{"KRB5_CONFIG=" + r.Conf, "KRB5_KDC_PROFILE=" + r.dir + "/kdc.conf", "KRB5RCACHETYPE=none"}
}

// Keytab holds the keys of the services.
func (r *Realm) Keytab() string { return r.dir + "/http.keytab" }

// Kinit is a ticket cache made by the real kinit.
func (r *Realm) Kinit(t testing.TB, password string) string {
	t.Helper()
	cache := filepath.Join(r.dir, "krb5cc")
	run(t, r.env(), password+"\n", "kinit", "-c", "FILE:"+cache, "alice@"+r.Name)
	return cache
}

// Authority is a certificate authority of the test.
type Authority struct {
	Cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes one with that name.
func NewAuthority(t testing.TB, name string) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(5, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{cert, key}
}

// PEM is the authority's certificate.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Cert.Raw})
}

// Issue makes a certificate for names, also as files.
func (a *Authority) Issue(t testing.TB, names ...string) (cert tls.Certificate, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(300 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, a.Cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile = write(t, dir+"/cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	keyFile = write(t, dir+"/key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, certFile, keyFile
}

// Bridge opens TLS with a certificate of its own and passes everything on to a TLS
// server, as an inspecting proxy or a bridging load balancer does.
func Bridge(t testing.TB, cert tls.Certificate, to string) (addr string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer in.Close()
				out, err := tls.Dial("tcp", to, &tls.Config{InsecureSkipVerify: true}) // it is on this machine
				if err != nil {
					return
				}
				defer out.Close()
				go func() { io.Copy(out, bufio.NewReader(in)); out.CloseWrite() }()
				io.Copy(in, out)
			}()
		}
	}()
	return l.Addr().String()
}
