//go:build real && linux

package reallab

import (
	"crypto/tls"
	_ "embed"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
)

//go:embed acceptor.py
var acceptorPy string

// Front is what stands before the backend.
type Front struct {
	Realm         *Realm
	NTLM          string // "DOMAIN:user:password", for gss-ntlmssp
	BackendPort   string // of an HTTPS server on 127.0.0.1
	BackendAuth   string // value of Authorization there
	Cert          tls.Certificate
	CertFile, Key string
}

func (f Front) env(t testing.TB) []string {
	users := write(t, filepath.Join(t.TempDir(), "ntlm.users"), f.NTLM+"\n")
	readable(filepath.Dir(users))
	return append(f.Realm.env(), "KRB5_KTNAME="+f.Realm.Keytab(), "NTLM_USER_FILE="+users, "BACKEND_AUTH="+f.BackendAuth)
}

// Acceptor is the front that enforces channel bindings.
func (f Front) Acceptor(t testing.TB) (addr string) {
	t.Helper()
	const python = "/usr/bin/python3" // the one that Debian's modules belong to
	Need(t, python)
	run(t, nil, "", python, "-c", "import gssapi")
	port := FreePort(t)
	script := write(t, filepath.Join(t.TempDir(), "acceptor.py"), acceptorPy)
	daemon(t, f.env(t), port, python, script, fmt.Sprint(port), f.CertFile, f.Key, hex.EncodeToString(auth.ChannelBinding(f.Cert.Leaf)), f.BackendPort)
	return fmt.Sprint("127.0.0.1:", port)
}

// Apache is the front with mod_auth_gssapi, which knows no channel bindings.
func (f Front) Apache(t testing.TB) (addr string) {
	t.Helper()
	apache := Need(t, "apache2")
	const modules = "/usr/lib/apache2/modules"
	port, dir := FreePort(t), t.TempDir()
	readable(dir)
	var load strings.Builder
	for _, m := range []string{"mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "headers", "ssl", "proxy", "proxy_http", "env", "socache_shmcb"} {
		fmt.Fprintf(&load, "LoadModule %s_module %s/mod_%s.so\n", m, modules, m)
	}
	conf := write(t, dir+"/httpd.conf", load.String()+strings.NewReplacer("DIR", dir, "PORT", fmt.Sprint(port), "CERT", f.CertFile, "KEY", f.Key,
		"BACKEND", "https://127.0.0.1:"+f.BackendPort+"/", "AUTH", f.BackendAuth).Replace(`
ServerRoot DIR
PidFile DIR/pid
Mutex file:DIR default
ServerName mail.contoso.test
Listen 127.0.0.1:PORT
ErrorLog DIR/error.log
User www-data
Group www-data
StartServers 1
ThreadsPerChild 25
MaxRequestWorkers 50
ServerLimit 2
KeepAlive On
MaxKeepAliveRequests 0
<VirtualHost 127.0.0.1:PORT>
  SSLEngine on
  SSLCertificateFile CERT
  SSLCertificateKeyFile KEY
  SSLProxyEngine on
  SSLProxyVerify none
  SSLProxyCheckPeerName off
  SSLProxyCheckPeerExpire off
  ProxyPreserveHost On
  <Location />
    AuthType GSSAPI
    AuthName "Exchange"
    GssapiSSLonly On
    GssapiConnectionBound On
    GssapiAllowedMech krb5
    GssapiAllowedMech ntlmssp
    Require valid-user
    RequestHeader set Authorization "AUTH"
  </Location>
  ProxyPass / BACKEND flushpackets=on
</VirtualHost>
`))
	daemon(t, f.env(t), port, apache, "-f", conf, "-DFOREGROUND")
	return fmt.Sprint("127.0.0.1:", port)
}
