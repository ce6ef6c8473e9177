package certs

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// captureBound is how much of a handshake is kept: a chain of ten certificates
// with long lists of names stays below it.
const captureBound = 64 << 10

// capture gets a chain that the library refuses to read (a negative serial
// number, a key that is too large). Until TLS 1.2 the certificates travel in the
// clear (RFC 5246 7.4.2), so they are taken from the bytes of the connection.
func (in *Inspector) capture(ctx context.Context, d door, e Endpoint) [][]byte {
	conn, err := d.dial(ctx)
	if err != nil {
		return nil
	}
	tape := &recorder{Conn: conn.Conn}
	copied := &netpath.Conn{Conn: tape, Host: conn.Host, Addr: conn.Addr}
	var took time.Duration
	in.shake(ctx, copied, open(e.Host, span{tls.VersionTLS10, tls.VersionTLS12}), &took)
	return parseFlight(tape.heard())
}

// recorder keeps the beginning of what was read.
type recorder struct {
	net.Conn
	mu  sync.Mutex
	got []byte
}

func (r *recorder) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, b[:min(n, captureBound-len(r.got))]...)
	return n, err
}

func (r *recorder) heard() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// Numbers of RFC 5246, 6.2.1 and 7.4.
const (
	recordHandshake      = 22
	handshakeCertificate = 11
)

// parseFlight finds the certificates in the first bytes that a TLS server sent,
// nil when there are none.
func parseFlight(b []byte) [][]byte {
	var messages []byte
	for len(b) >= 5 && b[0] == recordHandshake {
		n := int(b[3])<<8 | int(b[4])
		n = min(n, len(b)-5)
		messages, b = append(messages, b[5:5+n]...), b[5+n:]
	}
	for len(messages) >= 4 {
		kind := messages[0]
		body, rest, ok := vector24(messages[1:])
		if !ok {
			return nil
		}
		if kind == handshakeCertificate {
			return certificateList(body)
		}
		messages = rest
	}
	return nil
}

// certificateList is the Certificate message of RFC 5246 7.4.2.
func certificateList(b []byte) (out [][]byte) {
	list, _, ok := vector24(b)
	for ok && len(list) > 0 {
		var der []byte
		if der, list, ok = vector24(list); ok {
			out = append(out, der)
		}
	}
	return out
}

// vector24 splits what a length of three bytes announces from the rest.
func vector24(b []byte) (body, rest []byte, ok bool) {
	if len(b) < 3 {
		return nil, nil, false
	}
	n := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
	if n > len(b)-3 {
		return nil, nil, false
	}
	return b[3 : 3+n], b[3+n:], true
}
