package mapihttp

import (
	"context"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
)

// Directory is a client of the address book (NSPI). It is safe for concurrent
// use: requests of its session context pass one at a time.
//
// A request without a place in the address book (Stat nil) starts at the top of
// the global address list.
type Directory struct{ e *endpoint }

// NewDirectory is a client of the address book endpoint at cfg.URL. It does no I/O.
func NewDirectory(cfg Config) *Directory { return &Directory{e: newEndpoint(cfg)} }

// Info is a snapshot of the session context and its server. It does no I/O.
func (d *Directory) Info() ContextInfo { return d.e.info() }

// Bind opens a session context (MS-OXCMAPIHTTP 2.2.5.1).
func (d *Directory) Bind(ctx context.Context) (*nspi.BindResponse, error) {
	var p *nspi.BindResponse
	err := d.e.begin(ctx, func(ctx context.Context, s *session) (err error) {
		p, err = d.bind(ctx, s)
		return err
	})
	return p, err
}

// Reestablish replaces a session context that is gone, or that may be
// (MS-OXCMAPIHTTP 3.1.5.7).
func (d *Directory) Reestablish(ctx context.Context) (*nspi.BindResponse, *Reestablished, error) {
	var p *nspi.BindResponse
	how, err := d.e.reestablish(ctx, func(ctx context.Context, s *session) (err error) {
		p, err = d.bind(ctx, s)
		return err
	})
	return p, how, err
}

func (d *Directory) bind(ctx context.Context, s *session) (*nspi.BindResponse, error) {
	return exchange(ctx, d.e, &call{session: s}, &nspi.BindRequest{Stat: nspi.DefaultStat()}, nspi.DecodeBindResponse, succeeded)
}

// Unbind ends the session context (MS-OXCMAPIHTTP 2.2.5.2). Whatever it returns,
// there is none afterwards.
func (d *Directory) Unbind(ctx context.Context) error {
	q := &nspi.UnbindRequest{}
	body, err := q.Encode()
	if err != nil {
		return err
	}
	return d.e.close(ctx, &call{op: q.RequestType(), body: body, read: func(a *answer) error {
		_, err := judgeNSPI(a, nspi.DecodeUnbindResponse, func(c mapierr.Code) bool {
			return c == nspi.UnbindSuccess || succeeded(c) // 1 is its success (MS-OXNSPI 2.2.1.2)
		})
		return err
	}})
}

// Ping proves that the server still holds the session context and restarts its
// clock (MS-OXCMAPIHTTP 2.2.6). Without a context it asks whether the endpoint
// answers; gromox refuses that (see Probe).
func (d *Directory) Ping(ctx context.Context) error {
	_, err := d.e.ping(ctx)
	return err
}

// ResolveNames looks names up, as Outlook's "Check Names" does (MS-OXCMAPIHTTP 2.2.5.14).
func (d *Directory) ResolveNames(ctx context.Context, q *nspi.ResolveNamesRequest) (*nspi.ResolveNamesResponse, error) {
	atTop(&q.Stat)
	return ask(ctx, d, q, nspi.DecodeResolveNamesResponse)
}

// PersonColumns are the columns that Resolve asks for.
var PersonColumns = []props.Tag{props.TagDisplayName, props.TagSMTPAddress, props.TagEmailAddress}

// Resolve looks one name up: its row by PersonColumns, and what the server made
// of the name (nspi.Resolved, nspi.Ambiguous, nspi.Unresolved).
func (d *Directory) Resolve(ctx context.Context, name string) ([]props.Value, nspi.MID, error) {
	p, err := d.ResolveNames(ctx, &nspi.ResolveNamesRequest{Tags: PersonColumns, Names: []string{name}})
	if err != nil || len(p.MIDs) == 0 {
		return nil, nspi.Unresolved, err
	}
	if p.MIDs[0] != nspi.Resolved || len(p.Rows) == 0 {
		return nil, p.MIDs[0], nil
	}
	return p.Rows[0], nspi.Resolved, nil
}

// GetMatches searches a container (MS-OXCMAPIHTTP 2.2.5.5).
func (d *Directory) GetMatches(ctx context.Context, q *nspi.GetMatchesRequest) (*nspi.GetMatchesResponse, error) {
	atTop(&q.Stat)
	return ask(ctx, d, q, nspi.DecodeGetMatchesResponse)
}

// QueryRows reads rows of a container or of an explicit table (MS-OXCMAPIHTTP 2.2.5.12).
func (d *Directory) QueryRows(ctx context.Context, q *nspi.QueryRowsRequest) (*nspi.QueryRowsResponse, error) {
	atTop(&q.Stat)
	return ask(ctx, d, q, nspi.DecodeQueryRowsResponse)
}

// DNToMId finds objects by their DNs; 0 for one that is not known (MS-OXCMAPIHTTP 2.2.5.4).
func (d *Directory) DNToMId(ctx context.Context, dns ...string) ([]nspi.MID, error) {
	p, err := ask(ctx, d, &nspi.DNToMIdRequest{Names: dns}, nspi.DecodeDNToMIdResponse)
	if err != nil {
		return nil, err
	}
	return p.MIDs, nil
}

// GetProps reads properties of the object at q.Stat.CurrentRec (MS-OXCMAPIHTTP 2.2.5.7).
func (d *Directory) GetProps(ctx context.Context, q *nspi.GetPropsRequest) (*nspi.GetPropsResponse, error) {
	atTop(&q.Stat)
	return ask(ctx, d, q, nspi.DecodeGetPropsResponse)
}

// GetSpecialTable reads the table of address book containers (MS-OXCMAPIHTTP 2.2.5.8).
func (d *Directory) GetSpecialTable(ctx context.Context, q *nspi.GetSpecialTableRequest) (*nspi.GetSpecialTableResponse, error) {
	atTop(&q.Stat)
	return ask(ctx, d, q, nspi.DecodeGetSpecialTableResponse)
}

// MailboxURL is the MAPI URL of a mailbox server, by the DN that a RopLogon
// redirect names (MS-OXCMAPIHTTP 2.2.5.18).
func (d *Directory) MailboxURL(ctx context.Context, serverDN string) (string, error) {
	p, err := ask(ctx, d, &nspi.GetMailboxURLRequest{ServerDN: serverDN}, nspi.DecodeGetMailboxURLResponse)
	if err != nil {
		return "", err
	}
	return p.URL, nil
}

// AddressBookURL is the address book URL for a user (MS-OXCMAPIHTTP 2.2.5.19).
func (d *Directory) AddressBookURL(ctx context.Context, userDN string) (string, error) {
	p, err := ask(ctx, d, &nspi.GetAddressBookURLRequest{UserDN: userDN}, nspi.DecodeGetAddressBookURLResponse)
	if err != nil {
		return "", err
	}
	return p.URL, nil
}

func atTop(s **nspi.Stat) {
	if *s == nil {
		*s = nspi.DefaultStat()
	}
}

// ask sends one question in the open session context. Questions to the address
// book change nothing, so they may be repeated.
func ask[P nspi.Response](ctx context.Context, d *Directory, q nspi.Request, decode func([]byte) (P, error)) (P, error) {
	var none P
	leave, err := d.e.enter(ctx)
	if err != nil {
		return none, err
	}
	defer leave()
	s, err := d.e.open()
	if err != nil {
		return none, err
	}
	return exchange(ctx, d.e, &call{session: s, repeatable: true}, q, decode, succeeded)
}

// exchange sends q as the call c and judges both codes of the answer. The answer
// is there beside an error of the last rung.
func exchange[P nspi.Response](ctx context.Context, e *endpoint, c *call, q nspi.Request, decode func([]byte) (P, error), success func(mapierr.Code) bool) (p P, err error) {
	if c.body, err = q.Encode(); err != nil {
		return p, err
	}
	c.op = q.RequestType()
	c.read = func(a *answer) (err error) {
		p, err = judgeNSPI(a, decode, success)
		return err
	}
	_, err = e.send(ctx, c)
	return p, err
}

func judgeNSPI[P nspi.Response](a *answer, decode func([]byte) (P, error), success func(mapierr.Code) bool) (P, error) {
	p, err := decode(a.Body)
	if err != nil {
		return p, a.judgeBody(0, 0, err, success)
	}
	status, code := p.Codes()
	return p, a.judgeBody(status, code, nil, success)
}
