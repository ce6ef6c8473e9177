package exchangetest

import (
	"net"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// TestDirectoryWantsASignIn: nothing is told before the bind is complete.
func TestDirectoryWantsASignIn(t *testing.T) {
	s := start(t, Options{Faults: []Fault{{Name: "scp-healthy"}}})
	l, err := ldap.DialURL("ldaps://"+s.domain.directory.Addr().String(), ldap.DialWithTLSConfig(s.Path().TLSConfig(s.names.dc())))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = l.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 1, false, "(objectClass=*)", []string{"configurationNamingContext"}, nil))
	if !ldap.IsErrorWithCode(err, ldap.LDAPResultOperationsError) {
		t.Errorf("got %v", err)
	}
	if err := l.Bind("cn=alice", "guess"); !ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
		t.Errorf("a simple bind: %v", err)
	}
}

// FuzzDirectory sends anything.
func FuzzDirectory(f *testing.F) {
	bind := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	bind.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	bind.AppendChild(ldapResult(ldap.ApplicationBindRequest, 3))
	f.Add(bind.Bytes())
	f.Add([]byte("\x30\x84\x7f\xff\xff\xff"))
	s, err := Start(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, b []byte) {
		client, server := net.Pipe()
		deadline := time.Now().Add(5 * time.Second)
		client.SetDeadline(deadline)
		server.SetDeadline(deadline)
		over := make(chan struct{})
		go func() {
			defer close(over)
			(&directoryTalk{s: s}).serve(server)
			server.Close()
		}()
		go func() {
			client.Write(b)
			client.Close()
		}()
		<-over
	})
}
