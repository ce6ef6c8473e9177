package sspi

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"

	win "github.com/alexbrainman/sspi"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// secBufferChannelBindings is SECBUFFER_CHANNEL_BINDINGS (sspi.h).
const secBufferChannelBindings = 14

// CurrentUser signs in as the user of this session, under "Negotiate".
func CurrentUser() (auth.Mechanism, error) {
	info, err := win.QueryPackageInfo(win.NEGOSSP_NAME)
	if err != nil {
		return nil, fmt.Errorf("Windows offers no Negotiate: %w", err)
	}
	return &mechanism{maxToken: info.MaxToken}, nil
}

type mechanism struct{ maxToken uint32 }

func (*mechanism) Scheme() string { return "Negotiate" }
func (*mechanism) Authn() string  { return "Negotiate (Windows session)" }

// PerConnection is right for NTLM; a server that wants a ticket with each request
// asks again.
func (*mechanism) PerConnection() bool { return true }

func (m *mechanism) Start(_ context.Context, t auth.Target) (auth.Handshake, error) {
	target, err := syscall.UTF16PtrFromString("HTTP/" + t.Host)
	if err != nil {
		return nil, &auth.Unavailable{Err: err}
	}
	cred, err := win.AcquireCredentials("", win.NEGOSSP_NAME, win.SECPKG_CRED_OUTBOUND, nil)
	if err != nil {
		return nil, &auth.Unavailable{Err: fmt.Errorf("Windows gives no credential of the current user: %w", err)}
	}
	h := &handshake{cred: cred, ctx: win.NewClientContext(cred, win.ISC_REQ_CONNECTION), target: target, room: m.maxToken}
	if data := auth.ChannelBinding(t.Leaf); data != nil {
		h.bindings = channelBindings(data)
	}
	runtime.SetFinalizer(h, (*handshake).release)
	return h, nil
}

type handshake struct {
	cred     *win.Credentials
	ctx      *win.Context
	target   *uint16
	bindings []byte
	room     uint32
	done     bool
}

func (h *handshake) Done() bool { return h.done }

func (h *handshake) release() {
	if h.ctx.Handle != nil {
		h.ctx.Release()
	}
	h.cred.Release()
}

// Next is one InitializeSecurityContext. The bindings go along with every call.
func (h *handshake) Next(challenge []byte) ([]byte, error) {
	if h.done {
		return nil, errors.New("the handshake has ended already")
	}
	out := make([]byte, h.room)
	var outBuffer [1]win.SecBuffer
	outBuffer[0].Set(win.SECBUFFER_TOKEN, out)
	var in []win.SecBuffer
	add := func(kind uint32, b []byte) {
		if len(b) > 0 {
			var s win.SecBuffer
			s.Set(kind, b)
			in = append(in, s)
		}
	}
	add(win.SECBUFFER_TOKEN, challenge)
	add(secBufferChannelBindings, h.bindings)
	var inDesc *win.SecBufferDesc
	if len(in) > 0 {
		inDesc = win.NewSecBufferDesc(in)
	}
	ret := h.ctx.Update(h.target, win.NewSecBufferDesc(outBuffer[:]), inDesc)
	switch ret {
	case win.SEC_E_OK:
		h.done = true
	case win.SEC_I_CONTINUE_NEEDED:
	default:
		return nil, fmt.Errorf("Windows cannot sign in here: %w", ret)
	}
	token := out[:outBuffer[0].BufferSize]
	if carriesTicket(token) {
		h.done = true // Kerberos: the server's answer completes it, no further leg
	}
	return token, nil
}

// carriesTicket says that Windows chose Kerberos: the mechanism's token has the
// framing of RFC 2743, which NTLM's has not.
func carriesTicket(token []byte) bool {
	t, err := spnego.Parse(token)
	return err == nil && t.Init && len(t.MechToken) > 0 && t.MechToken[0] == 0x60
}
