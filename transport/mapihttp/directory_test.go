package mapihttp

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
)

func bound(t *testing.T, f *fake) *Directory {
	t.Helper()
	d := f.directory()
	if _, err := d.Bind(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDirectory(t *testing.T) {
	f := newFake(t)
	ctx := t.Context()
	d := bound(t, f)
	row, what, err := d.Resolve(ctx, "alice@contoso.test")
	if name, _ := props.Get[string](row, props.TagDisplayName); err != nil || what != nspi.Resolved || name != "Alice" {
		t.Errorf("Resolve: %v %v, %v", row, what, err)
	}
	if p, err := d.GetMatches(ctx, &nspi.GetMatchesRequest{RowCount: 1}); err != nil || len(p.MIDs) != 1 {
		t.Errorf("GetMatches: %v", err)
	}
	if _, err := d.QueryRows(ctx, &nspi.QueryRowsRequest{RowCount: 1}); err != nil {
		t.Errorf("QueryRows: %v", err)
	}
	if mids, err := d.DNToMId(ctx, aliceDN, "/o=nobody"); err != nil || len(mids) != 2 || mids[1] != 0 {
		t.Errorf("DNToMId: %v, %v", mids, err)
	}
	if p, err := d.GetProps(ctx, &nspi.GetPropsRequest{Tags: PersonColumns}); err != nil || p.ErrorCode != mapierr.ErrorsReturned {
		t.Errorf("a warning is no failure: %v", err)
	}
	if _, err := d.GetSpecialTable(ctx, &nspi.GetSpecialTableRequest{Flags: nspi.UnicodeStrings}); err != nil {
		t.Errorf("GetSpecialTable: %v", err)
	}
	if u, err := d.MailboxURL(ctx, "/o=Contoso/cn=Servers/cn=2@contoso.test"); err != nil || !strings.Contains(u, "/mapi/emsmdb/") {
		t.Errorf("MailboxURL: %s, %v", u, err)
	}
	if u, err := d.AddressBookURL(ctx, aliceDN); err != nil || !strings.Contains(u, "/mapi/nspi/") {
		t.Errorf("AddressBookURL: %s, %v", u, err)
	}
	if err := d.Ping(ctx); err != nil {
		t.Error(err)
	}
	if err := d.Unbind(ctx); err != nil { // its success is 1
		t.Errorf("Unbind: %v", err)
	}
	if _, _, err := d.Resolve(ctx, "x"); !errors.Is(err, ErrNotConnected) {
		t.Errorf("after Unbind: %v", err)
	}
	for _, s := range f.seen {
		if s.path != "/mapi/nspi/" {
			t.Errorf("%s went to %s", s.kind, s.path)
		}
	}
}

// results replaces the answer to the next request of a kind.
func results(t *testing.T, f *fake, kind string, p nspi.Response) {
	t.Helper()
	body, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	f.once(kind, func(t *turn) {
		if kind == "Bind" || t.resume(true) {
			t.reply(body)
		}
	})
}

func TestDirectoryRefusals(t *testing.T) {
	f := newFake(t)
	results(t, f, "Bind", &nspi.BindResponse{Result: nspi.Result{ErrorCode: mapierr.LoginFailure}})
	_, err := f.directory().Bind(t.Context())
	wantCode(t, err, netpath.PhaseErrorCode, mapierr.LoginFailure)

	d := bound(t, f)
	results(t, f, "ResolveNames", &nspi.ResolveNamesResponse{Result: nspi.Result{StatusCode: mapierr.RPCTooBusy}})
	_, _, err = d.Resolve(t.Context(), "x")
	wantCode(t, err, netpath.PhaseStatusCode, mapierr.RPCTooBusy)
	results(t, f, "ResolveNames", &nspi.ResolveNamesResponse{MIDs: []nspi.MID{nspi.Ambiguous}})
	if _, what, err := d.Resolve(t.Context(), "x"); err != nil || what != nspi.Ambiguous {
		t.Errorf("%v, %v", what, err)
	}
	results(t, f, "Unbind", &nspi.UnbindResponse{Result: nspi.Result{ErrorCode: nspi.UnbindFailure}})
	err = d.Unbind(t.Context())
	if wantFailure(t, err, netpath.PhaseErrorCode); d.Info().State != NotConnected {
		t.Errorf("state %v", d.Info().State)
	}
}

func TestDirectoryReestablish(t *testing.T) {
	f := newFake(t)
	d := bound(t, f)
	f.contexts = map[string]*fakeContext{}
	_, _, err := d.Resolve(t.Context(), "x")
	if !ContextGone(err) {
		t.Fatal(err)
	}
	if _, how, err := d.Reestablish(t.Context()); err != nil || !how.WithOldCookies {
		t.Fatalf("%+v, %v", how, err)
	}
	if _, _, err := d.Resolve(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}

func TestProbe(t *testing.T) {
	f := newFake(t)
	p, err := Probe(t.Context(), f.config())
	if err != nil || p.Refusal != nil || p.ServerProduct != "Exchange Server SE RTM" || p.State != NotConnected || p.RequestID != f.seen[0].id || f.seen[0].cookie != "" {
		t.Errorf("%+v, %v", p, err)
	}
	f.once("PING", func(t *turn) { t.raw(gromoxError(GromoxMissingCookie)) })
	if p, err := Probe(t.Context(), f.config()); err != nil || p.Refusal == nil || p.Dialect != Gromox {
		t.Errorf("gromox is alive: %+v, %v", p, err)
	}
	f.once("PING", func(t *turn) { t.refuse(16, "endpoint disabled") })
	_, err = Probe(t.Context(), f.config())
	wantFailure(t, err, netpath.PhaseResponseCode)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Probe(ctx, f.config()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
