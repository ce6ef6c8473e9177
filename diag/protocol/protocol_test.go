package protocol

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The twelve rows as configure-mapi-over-http.md has them, by hand and in its
// words: organisation, mailbox, block, what the client then uses.
const documented = `
true  $null  false  MAPI/HTTP everywhere
true  $null  true   MAPI/HTTP internal
true  $true  false  MAPI/HTTP everywhere
true  $true  true   MAPI/HTTP internal
true  $false false  RPC/HTTP everywhere
true  $false true   RPC/HTTP internal
false $null  false  RPC/HTTP everywhere
false $null  true   RPC/HTTP internal
false $true  false  MAPI/HTTP everywhere
false $true  true   MAPI/HTTP internal
false $false false  RPC/HTTP everywhere
false $false true   RPC/HTTP internal
`

func TestTruthTableRowByRow(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(documented), "\n")
	if len(Table) != 12 || len(lines) != 12 {
		t.Fatalf("%d rows, %d documented", len(Table), len(lines))
	}
	for i, r := range Table {
		where := map[bool]string{true: "internal", false: "everywhere"}[r.InternalOnly]
		got := fmt.Sprintf("%v %s %v %s %s", r.Organization, r.Mailbox, r.BlockExternal, r.Protocol, where)
		if want := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("row %d: %s, want %s", i+1, got, want)
		}
	}
}

// TestRowsSeenFromOutside decides each row by what a client sees of it, and wants
// the row itself among those that fit, and the right protocol.
func TestRowsSeenFromOutside(t *testing.T) {
	for i, r := range Table {
		d := Decide(Evidence{Address: "a@b.c", Offered: r.Protocol, RPCBeside: true, Internal: true, External: !r.InternalOnly})
		if d.Uses != r.Protocol || !slices.Contains(d.Settings, r.Settings) {
			t.Errorf("row %d: %s, %v", i+1, d.Uses, d.Settings)
		}
		if len(d.Settings) != 3 {
			t.Errorf("row %d: %d settings fit, want 3", i+1, len(d.Settings))
		}
		for _, s := range d.Settings {
			if s.BlockExternal != r.BlockExternal {
				t.Errorf("row %d: the block of %+v contradicts what is seen", i+1, s)
			}
		}
	}
}

func TestDecide(t *testing.T) {
	healthy := Evidence{Address: "alice@contoso.test", Offered: MAPIHTTP, RPCBeside: true, Internal: true, External: true, ServerVersion: "15.2.2562.45", MAPI: Works, RPC: Works}
	with := func(change func(*Evidence)) Evidence {
		e := healthy
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		e        Evidence
		uses     Protocol
		says     string
		commands int
	}{
		"healthy":     {healthy, MAPIHTTP, "the server offers it", 2},
		"no answer":   {Evidence{}, Unknown, "gave no answer", 0},
		"MAPI is off": {with(func(e *Evidence) { e.Offered = None }), None, "no protocol", 0},
		"the client switch": {with(func(e *Evidence) { e.Client = Client{Known: true, Disabled: `HKCU\Software\Microsoft\Exchange`} }),
			RPCHTTP, `MapiHttpDisabled is 1 in HKCU\Software\Microsoft\Exchange`, 2},
		"the client switch and nothing older": {with(func(e *Evidence) { e.RPCBeside, e.Client = false, Client{Known: true, Disabled: "there"} }), None, "publishes no RPC", 2},
		"an old client": {with(func(e *Evidence) {
			e.Client = Client{Known: true, Version: "14.0.6000.1000", Capability: "no", Needs: "Service Pack 2"}
		}), RPCHTTP, "needs Service Pack 2", 2},
		"an old server":     {with(func(e *Evidence) { e.Offered, e.ServerTooOld, e.ServerVersion = RPCHTTP, true, "15.0.775.38" }), RPCHTTP, "older than MAPI", 0},
		"switched off":      {with(func(e *Evidence) { e.Offered = RPCHTTP }), RPCHTTP, "the mailbox wins", 4},
		"just switched off": {with(func(e *Evidence) { e.EndpointDisabled = true }), RPCHTTP, "after its next discovery", 4},
		"broken":            {with(func(e *Evidence) { e.MAPI = Fails }), MAPIHTTP, "does not fall back", 2},
		"the client switch where it does not matter": {with(func(e *Evidence) { e.Offered, e.Client.Disabled = RPCHTTP, "there" }), RPCHTTP, "does not offer MAPI", 4},
	} {
		d := Decide(c.e)
		if d.Uses != c.uses || !strings.Contains(d.Why, c.says) || len(d.Commands) != c.commands {
			t.Errorf("%s: %s, %s, %q", name, d.Uses, d.Why, d.Commands)
		}
	}
}

func TestReasonsNameEveryInput(t *testing.T) {
	e := Evidence{Offered: MAPIHTTP, Internal: true, UsesInternal: true, ServerVersion: "15.2.1", Client: Client{Known: true, Version: "15.0.4420", Capability: "depends", Needs: "Service Pack 1", Disabled: "K", ByPolicy: true}}
	var got []string
	for _, r := range Decide(e).Reasons {
		got = append(got, r.About+": "+r.Says)
	}
	want := []string{"client switch: MapiHttpDisabled is 1 by policy, in K", "client version: Outlook 15.0.4420 can if it has Service Pack 1", "server version: 15.2.1 knows MAPI over HTTP",
		"organisation and mailbox: on: the mailbox is $true, or $null with the organisation on",
		"block of external connections: set for this mailbox, or no external URL is configured: only the internal one is published",
		"URL: the internal one, for it is what can be reached from here"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestCommandsAreSafeToPaste: the address comes from a user and goes into a shell.
func TestCommandsAreSafeToPaste(t *testing.T) {
	for address, want := range map[string]string{"alice@contoso.test": "alice@contoso.test", "a;b@c.d": "IDENTITY", "": "IDENTITY", "$(x)@c.d": "IDENTITY"} {
		if got := commands(address, MAPIHTTP)[1]; got != "Get-CasMailbox -Identity "+want+" | fl MapiHttpEnabled" {
			t.Errorf("%q: %s", address, got)
		}
	}
}
