// Package kdctest is a small Kerberos KDC for tests and demonstrations, used as
// net/http/httptest is: accounts with passwords, services with keys, and the
// errors that a domain controller gives. It pre-authenticates, issues and
// verifies for real; it keeps no replay cache and knows one realm.
//
// It is not a KDC for anything else: its keys are made for one run.
package kdctest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Options say what the realm is.
type Options struct {
	Realm string // "CONTOSO.TEST"
	// Password finds an account's password; a code other than 0 refuses it
	// (RFC 4120 7.5.9: 18 disabled or locked, 23 password expired).
	Password func(user string) (password string, code int32, ok bool)
	// Services are the SPNs that some account holds, "HTTP/mail.contoso.test". It
	// is asked for every ticket, so they may come and go.
	Services func() []string
	// WrongKey are SPNs whose tickets are sealed with another key than the one in
	// Keytab: the name is at the wrong account. nil is none.
	WrongKey func(spn string) bool
	// Clock is the KDC's; nil is time.Now.
	Clock func() time.Time
	// Listen is the address to listen on; "" is 127.0.0.1:0.
	Listen string
}

// KDC is a running realm.
type KDC struct {
	options  Options
	keys     *keytab.Keytab // of krbtgt, and of every service the good one
	wrong    *keytab.Keytab
	listener net.Listener
	cancel   context.CancelFunc
	wg       sync.WaitGroup

	mu       sync.Mutex
	requests []Request
}

// Request is one question as the KDC saw it.
type Request struct {
	Kind   string // "AS", "TGS"
	Client string
	SPN    string
	Proof  bool  // it carried a proof of the password
	Code   int32 // of the answer, 0 when a ticket was given
}

const cipher = etypeID.AES256_CTS_HMAC_SHA1_96

// Start opens the realm.
func Start(o Options) (*KDC, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Services == nil {
		o.Services = func() []string { return nil }
	}
	k := &KDC{options: o, keys: keytab.New(), wrong: keytab.New()}
	if err := k.add(k.keys, "krbtgt/"+o.Realm); err != nil {
		return nil, err
	}
	for _, spn := range o.Services() {
		if err := errors.Join(k.add(k.keys, spn), k.add(k.wrong, spn)); err != nil {
			return nil, err
		}
	}
	var err error
	if k.listener, err = net.Listen("tcp", o.Listen); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	k.cancel = cancel
	k.wg.Go(func() { k.serve(ctx) })
	return k, nil
}

// add puts a fresh key for name into kt, by way of the file format (MIT "keytab
// file format"): the library's own way derives one from a password, slowly.
func (k *KDC) add(kt *keytab.Keytab, name string) error {
	et, err := crypto.GetEtype(cipher)
	if err != nil {
		return err
	}
	key, err := types.GenerateEncryptionKey(et)
	if err != nil {
		return err
	}
	var e wire.Writer
	text := func(s string) {
		e.Raw(binary.BigEndian.AppendUint16(nil, uint16(len(s))))
		e.Raw([]byte(s))
	}
	parts := strings.Split(name, "/")
	e.Raw(binary.BigEndian.AppendUint16(nil, uint16(len(parts))))
	text(k.options.Realm)
	for _, p := range parts {
		text(p)
	}
	e.Raw(binary.BigEndian.AppendUint32(nil, uint32(nametype.KRB_NT_SRV_INST)))
	e.Raw(binary.BigEndian.AppendUint32(nil, 1)) // timestamp
	e.Raw([]byte{1})                             // version of the key
	e.Raw(binary.BigEndian.AppendUint16(nil, uint16(cipher)))
	text(string(key.KeyValue))
	one := keytab.New()
	file := append([]byte{5, 2}, binary.BigEndian.AppendUint32(nil, uint32(len(e.Bytes())))...)
	if err := one.Unmarshal(append(file, e.Bytes()...)); err != nil {
		return err
	}
	kt.Entries = append(kt.Entries, one.Entries...)
	return nil
}

// Addr is "127.0.0.1:port".
func (k *KDC) Addr() string { return k.listener.Addr().String() }

// Realm is the realm's name.
func (k *KDC) Realm() string { return k.options.Realm }

// Keytab holds the keys of the services that were there at the start.
func (k *KDC) Keytab() *keytab.Keytab { return k.keys }

// Conf is a krb5.conf for this realm whose KDC is at "host:port".
func (k *KDC) Conf(kdc string) string {
	return "[libdefaults]\n default_realm = " + k.options.Realm + "\n dns_lookup_kdc = false\n[realms]\n " + k.options.Realm +
		" = {\n  kdc = " + kdc + "\n }\n[domain_realm]\n ." + strings.ToLower(k.options.Realm) + " = " + k.options.Realm + "\n"
}

// Requests is every question so far.
func (k *KDC) Requests() []Request {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]Request(nil), k.requests...)
}

// Close ends the realm; no goroutine is left when it returns.
func (k *KDC) Close() {
	k.cancel()
	k.listener.Close()
	k.wg.Wait()
}

func (k *KDC) serve(ctx context.Context) {
	for {
		c, err := k.listener.Accept()
		if err != nil {
			return
		}
		stop := context.AfterFunc(ctx, func() { c.Close() })
		k.wg.Go(func() {
			defer stop()
			defer c.Close()
			k.answer(c)
		})
	}
}

// maxRequest bounds a question: a ticket and an authenticator.
const maxRequest = 128 << 10

func (k *KDC) answer(c net.Conn) {
	for {
		c.SetDeadline(time.Now().Add(10 * time.Second))
		var size [4]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(size[:])
		if n > maxRequest {
			return
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(c, b); err != nil {
			return
		}
		reply := k.Handle(b)
		c.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(reply))), reply...))
	}
}

// Handle answers one message without its length.
func (k *KDC) Handle(b []byte) (reply []byte) {
	defer func() { // the library panics on what it does not expect
		if recover() != nil {
			reply = k.fail(&Request{}, errorcode.KRB_ERR_GENERIC, "malformed", nil)
		}
	}()
	if len(b) > 0 && b[0] == 0x6c { // [APPLICATION 12] TGS-REQ
		return k.service(b)
	}
	return k.login(b)
}

func (k *KDC) now() time.Time { return k.options.Clock().UTC() }

func (k *KDC) note(r *Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.requests = append(k.requests, *r)
}

func (k *KDC) granting() types.PrincipalName {
	return types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", k.options.Realm}}
}
