package mapihttp

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Code page and language of a session. Servers disagree on the order of the two
// language ids on the wire, so both are the same.
const (
	codePage = 1252
	lcid     = 0x409
)

// Mailbox is a client of one mailbox (EMSMDB). It is safe for concurrent use:
// requests of its session context pass one at a time, a NotificationWait beside
// them.
type Mailbox struct {
	e      *endpoint
	userDN string

	mu       sync.Mutex
	attempts uint32 // to connect, told to the server
	objects  objects
	events   []*rop.NotifyResponse // came with answers, not yet fetched by Poll
	logon    *rop.LogonResponse
	skew     time.Duration // server's clock at the logon, minus ours

	// What the caller had open, for a session context that takes the old one's place.
	wantsLogon  bool
	wantsEvents rop.NotificationType
}

// NewMailbox is a client of the mailbox endpoint at cfg.URL for the user with
// this legacyExchangeDN. It does no I/O.
func NewMailbox(cfg Config, userDN string) *Mailbox {
	return &Mailbox{e: newEndpoint(cfg), userDN: userDN}
}

// Info is a snapshot of the session context and its server. It does no I/O.
func (m *Mailbox) Info() ContextInfo { return m.e.info() }

// Connect opens a session context (MS-OXCMAPIHTTP 2.2.4.1). With an error of
// phase "error-code" the response is there too: its AuxText names the server and
// its reason.
func (m *Mailbox) Connect(ctx context.Context) (*emsmdb.ConnectResponse, error) {
	var p *emsmdb.ConnectResponse
	err := m.e.begin(ctx, func(ctx context.Context, s *session) (err error) {
		p, err = m.connect(ctx, s)
		return err
	})
	return p, err
}

// Reestablish replaces a session context that is gone, or that may be
// (MS-OXCMAPIHTTP 3.1.5.7). Open objects and subscriptions go with the old one:
// Logon comes next.
func (m *Mailbox) Reestablish(ctx context.Context) (*emsmdb.ConnectResponse, *Reestablished, error) {
	var p *emsmdb.ConnectResponse
	how, err := m.e.reestablish(ctx, func(ctx context.Context, s *session) (err error) {
		p, err = m.connect(ctx, s)
		return err
	})
	return p, how, err
}

func (m *Mailbox) connect(ctx context.Context, s *session) (*emsmdb.ConnectResponse, error) {
	var p *emsmdb.ConnectResponse
	_, err := m.e.send(ctx, &call{
		op: "Connect", body: m.connectRequest(s).Encode(), session: s,
		read: func(a *answer) (err error) {
			if p, err = emsmdb.DecodeConnectResponse(a.Body); err != nil {
				return a.judgeBody(0, 0, err, succeeded)
			}
			err = a.judgeBody(p.StatusCode, p.ErrorCode, nil, succeeded)
			return withText(err, p.AuxText)
		},
	})
	if err == nil {
		m.forget()
	}
	return p, err
}

func (m *Mailbox) connectRequest(s *session) *emsmdb.ConnectRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.attempts++
	return &emsmdb.ConnectRequest{
		UserDN: m.userDN, CodePage: codePage, LcidSort: lcid, LcidString: lcid,
		Aux: []emsmdb.Aux{&emsmdb.ClientConnectionInfo{
			ConnectionGUID: s.guid, Attempts: m.attempts, ContextInfo: m.e.cfg.ContextInfo,
		}},
	}
}

// withText adds what the server says in its auxiliary blocks to a refusal.
func withText(err error, texts []string) error {
	var f *Failure
	if errors.As(err, &f) && len(texts) > 0 && f.Text == "" {
		f.Text = squeeze(texts[0])
	}
	return err
}

// forget drops what belonged to an earlier session context.
func (m *Mailbox) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects, m.events, m.logon, m.skew = objects{}, nil, nil, 0
}

// Disconnect ends the session context (MS-OXCMAPIHTTP 2.2.4.3). Whatever it
// returns, there is none afterwards.
func (m *Mailbox) Disconnect(ctx context.Context) error {
	defer m.forget()
	return m.e.close(ctx, &call{
		op: "Disconnect", body: (&emsmdb.DisconnectRequest{}).Encode(),
		read: func(a *answer) error {
			p, err := emsmdb.DecodeDisconnectResponse(a.Body)
			if err != nil {
				return a.judgeBody(0, 0, err, succeeded)
			}
			return a.judgeBody(p.StatusCode, p.ErrorCode, nil, succeeded)
		},
	})
}

// Ping proves that the server still holds the session context and restarts its
// clock (MS-OXCMAPIHTTP 2.2.6, 3.1.5.3). Without a context it asks whether the
// endpoint answers; gromox refuses that (see Probe).
func (m *Mailbox) Ping(ctx context.Context) error {
	_, err := m.e.ping(ctx)
	return err
}

// ContextID is the GUID of the session context; zero without one. It changes
// exactly when a new context begins.
func (m *Mailbox) ContextID() wire.GUID {
	m.e.mu.Lock()
	defer m.e.mu.Unlock()
	if m.e.current == nil {
		return wire.GUID{}
	}
	return m.e.current.guid
}
