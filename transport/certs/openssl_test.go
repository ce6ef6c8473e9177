package certs

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"
)

// OpenSSL as the other side: certificates, handshakes and revocation answers that
// were not made by the library that reads them.

type ssl struct {
	t   *testing.T
	dir string
}

func openssl(t *testing.T) *ssl {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	s := &ssl{t, t.TempDir()}
	s.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\ncrlnumber=serial\ndefault_md=sha256\n")
	s.write("leaf.cnf", "basicConstraints=CA:false\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n"+
		"authorityKeyIdentifier=keyid\nsubjectAltName=DNS:"+mailHost+"\n")
	s.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.crt", "-days", "3650", "-subj", "/CN=OpenSSL Root",
		"-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
	return s
}

func (s *ssl) write(name, content string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *ssl) run(args ...string) {
	s.t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// leaf makes a certificate with a key of that kind, signed with that digest.
func (s *ssl) leaf(key, digest string, extensions string) {
	s.write("this.cnf", s.read("leaf.cnf")+extensions)
	s.run("req", "-new", "-newkey", key, "-nodes", "-keyout", "leaf.key", "-subj", "/CN="+mailHost, "-out", "leaf.csr")
	s.run("x509", "-req", "-in", "leaf.csr", "-CA", "root.crt", "-CAkey", "root.key", "-set_serial", "0x1234", "-days", "365", "-"+digest, "-extfile", "this.cnf", "-out", "leaf.crt")
}

func (s *ssl) read(name string) string {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

func (s *ssl) root() *x509.Certificate {
	block, _ := pem.Decode([]byte(s.read("root.crt")))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

var accepting = regexp.MustCompile(`ACCEPT .*:(\d+)`)

// start runs an openssl server on a port of its own choice and gives the port.
func (s *ssl) start(args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	s.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "openssl", args...)
	cmd.Dir = s.dir
	cmd.WaitDelay = time.Second
	if _, err := cmd.StdinPipe(); err != nil { // held open: its end would end the server
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := accepting.FindStringSubmatch(lines.Text()); m != nil {
			go func() {
				for lines.Scan() { // or it blocks
				}
			}()
			return m[1]
		}
	}
	s.t.Fatalf("openssl %v ended", args)
	return ""
}

func (s *ssl) serve(w *world, options ...string) {
	port := s.start(append([]string{"s_server", "-accept", "127.0.0.1:0", "-cert", "leaf.crt", "-key", "leaf.key"}, options...)...)
	w.path.RootCAs.AddCert(s.root())
	w.path.Resolve[mailHost+":443"] = []netip.Addr{netip.MustParseAddr("192.0.2.77")}
	w.path.ConnectTo["192.0.2.77:443"] = "127.0.0.1:" + port
}

func TestOpenSSLServers(t *testing.T) {
	for name, c := range map[string]struct {
		key, digest string
		options     []string
		want        []string
	}{
		"healthy":       {key: "rsa:2048", digest: "sha256"},
		"SHA-1":         {key: "rsa:2048", digest: "sha1", options: []string{"-cipher", "ALL:@SECLEVEL=0"}, want: []string{"weak-signature"}},
		"MD5":           {key: "rsa:2048", digest: "md5", options: []string{"-cipher", "ALL:@SECLEVEL=0"}, want: []string{"weak-signature"}},
		"RSA 512":       {key: "rsa:512", digest: "sha256", options: []string{"-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"}, want: []string{"weak-key"}},
		"TLS 1.0 alone": {key: "rsa:2048", digest: "sha256", options: []string{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}, want: []string{"tls-version"}},
		"client":        {key: "rsa:2048", digest: "sha256", options: []string{"-verify", "1"}, want: []string{"client-cert-requested"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := openssl(t), newWorld(t)
			s.leaf(c.key, c.digest, "")
			s.serve(w, c.options...)
			h := w.inspect(mailHost)
			if got := kinds(h.Problems); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v\n%s\n%v", got, c.want, told(h.Problems), h.Err)
			}
		})
	}
}

func TestOpenSSLResponder(t *testing.T) {
	for state, want := range map[string]Status{"V": Good, "R": Revoked} {
		s, w := openssl(t), newWorld(t)
		gone := ""
		if state == "R" {
			gone = time.Now().Add(-time.Hour).UTC().Format("060102150405Z") + ",keyCompromise"
		}
		s.write("index", fmt.Sprintf("%s\t%s\t%s\t1234\tunknown\t/CN=%s\n", state, time.Now().AddDate(1, 0, 0).UTC().Format("060102150405Z"), gone, mailHost))
		s.write("serial", "01")
		port := s.start("ocsp", "-port", "0", "-index", "index", "-CA", "root.crt", "-rkey", "root.key", "-rsigner", "root.crt", "-nmin", "60")
		s.run("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "root.key", "-cert", "root.crt", "-crldays", "7", "-out", "list.pem")
		list := w.file("list.crl", []byte(s.read("list.pem"))) // PEM, as some publish it
		s.leaf("rsa:2048", "sha256", "authorityInfoAccess=OCSP;URI:http://127.0.0.1:"+port+"/\ncrlDistributionPoints=URI:"+list+"\n")
		s.serve(w)
		h := w.inspect(mailHost)
		r := h.First().Revocation
		if r.Status != want || len(r.Answers) != 2 {
			t.Errorf("%s: %+v\n%s", state, r, told(h.Problems))
		}
		for _, a := range r.Answers {
			if a.Status != want || a.Took <= 0 || a.Next.IsZero() {
				t.Errorf("%s: %s says %s (%v) in %s", state, a.Source, a.Status, a.Err, a.Took)
			}
			if want == Revoked && a.Reason != 1 {
				t.Errorf("%s: reason %d", a.Source, a.Reason)
			}
		}
		if v := h.First().Version; v != tls.VersionTLS13 {
			t.Errorf("%s", tls.VersionName(v))
		}
	}
}
