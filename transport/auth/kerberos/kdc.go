package kerberos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

const (
	// maxReply bounds an answer of a KDC. Windows keeps tickets below 64 KiB
	// (MaxTokenSize); an answer has the ticket once.
	maxReply = 256 << 10
	// kdcLimit is for one exchange with one KDC: two round trips and its work. A
	// KDC that does not answer must not hold up the sign-in by NTLM.
	kdcLimit = 2 * time.Second
	// maxKDCs are tried one after the other.
	maxKDCs = 3
)

// ask sends a request to a KDC of realm and gives the answer; a KRB-ERROR comes
// back as *messages.KRBError with the time it came.
//
// It uses TCP alone (RFC 4120 7.2.2): tickets with group memberships do not fit
// into a datagram, and every KDC of the last twenty years takes TCP.
func (i *Identity) ask(ctx context.Context, realm string, request []byte) ([]byte, error) {
	kdcs, err := i.kdcs(ctx, realm)
	if err != nil {
		return nil, err
	}
	var last error
	for _, kdc := range kdcs {
		reply, err := i.exchange(ctx, kdc, request)
		if err == nil {
			i.note(kdc)
			return reply, nil
		}
		last = &Error{Kind: KDCUnreachable, Realm: realm, KDC: kdc, Err: fmt.Errorf("the domain controller %s does not answer: %w", kdc, err)}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

// kdcs are the KDCs of a realm: those of the configuration, else those of DNS
// (RFC 4120 7.2.3.2).
func (i *Identity) kdcs(ctx context.Context, realm string) ([]string, error) {
	out := kdcsOf(i.config, realm)
	if len(out) == 0 {
		records, err := i.path.LookupSRV(ctx, "kerberos", "tcp", strings.ToLower(realm))
		if err != nil || len(records) == 0 {
			return nil, &Error{Kind: KDCUnreachable, Realm: realm,
				Err: fmt.Errorf("no domain controller of %s is known: neither the Kerberos configuration nor DNS names one", realm)}
		}
		for _, r := range records {
			out = append(out, net.JoinHostPort(strings.TrimSuffix(r.Target, "."), strconv.Itoa(int(r.Port))))
		}
	}
	return out[:min(len(out), maxKDCs)], nil
}

func (i *Identity) exchange(ctx context.Context, kdc string, request []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, kdcLimit)
	defer cancel()
	host, port, err := net.SplitHostPort(kdc)
	if err != nil {
		return nil, err
	}
	c, err := i.path.DialTCP(ctx, host, port)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	reply, err := talk(c, request)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, netpath.NewError(netpath.PhaseFirstByte, host, kdc, err)
	}
	return reply, nil
}

// talk is one request and its answer, each with its length in front.
func talk(c io.ReadWriter, request []byte) ([]byte, error) {
	framed := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(request)), uint32(len(request)))
	if _, err := c.Write(append(framed, request...)); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n == 0 || n > maxReply {
		return nil, errors.New("its answer has a length that cannot be")
	}
	reply := make([]byte, n)
	_, err := io.ReadFull(c, reply)
	return reply, err
}

// refusal is the KRB-ERROR in reply, nil when it is another message.
func refusal(reply []byte) *messages.KRBError {
	k := &messages.KRBError{}
	if guard(func() error { return k.Unmarshal(reply) }) != nil {
		return nil
	}
	return k
}
