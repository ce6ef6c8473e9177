// Package protocol says which protocol Outlook would use for a mailbox, and why:
// from what Autodiscover offers, what the server's settings can be then, what the
// Outlook on this computer can and may do, and what really works. It does no I/O.
package protocol

// Protocol is a way to a mailbox, named as Outlook's connection status does.
type Protocol string

// The protocols. Outlook Anywhere is RPC/HTTP.
const (
	MAPIHTTP Protocol = "MAPI/HTTP"
	RPCHTTP  Protocol = "RPC/HTTP"
	None     Protocol = "none"
	Unknown  Protocol = "unknown"
)

// Switch is MapiHttpEnabled of a mailbox: $null follows the organisation.
type Switch string

// The positions, as Get-CASMailbox shows them.
const (
	Inherit Switch = "$null"
	On      Switch = "$true"
	Off     Switch = "$false"
)

// Settings are what an administrator sets: Set-OrganizationConfig
// -MapiHttpEnabled, and Set-CASMailbox -MapiHttpEnabled and
// -MAPIBlockOutlookExternalConnectivity.
type Settings struct {
	Organization  bool
	Mailbox       Switch
	BlockExternal bool
}

// Outcome is what the settings come to for an Outlook that can do both.
type Outcome struct {
	Protocol     Protocol
	InternalOnly bool // Autodiscover leaves the external URLs out
}

// Row is one line of the truth table.
type Row struct {
	Settings
	Outcome
}

// Table is the truth table of organisation and mailbox: the mailbox wins in both
// directions, and the block holds for either protocol
// (configure-mapi-over-http.md).
var Table = []Row{
	{Settings{true, Inherit, false}, Outcome{MAPIHTTP, false}},
	{Settings{true, Inherit, true}, Outcome{MAPIHTTP, true}},
	{Settings{true, On, false}, Outcome{MAPIHTTP, false}},
	{Settings{true, On, true}, Outcome{MAPIHTTP, true}},
	{Settings{true, Off, false}, Outcome{RPCHTTP, false}},
	{Settings{true, Off, true}, Outcome{RPCHTTP, true}},
	{Settings{false, Inherit, false}, Outcome{RPCHTTP, false}},
	{Settings{false, Inherit, true}, Outcome{RPCHTTP, true}},
	{Settings{false, On, false}, Outcome{MAPIHTTP, false}},
	{Settings{false, On, true}, Outcome{MAPIHTTP, true}},
	{Settings{false, Off, false}, Outcome{RPCHTTP, false}},
	{Settings{false, Off, true}, Outcome{RPCHTTP, true}},
}

// Fitting are the settings under which a client sees that outcome: more than one
// always, for a client cannot tell the organisation's switch from the mailbox's.
func Fitting(o Outcome) (out []Settings) {
	for _, r := range Table {
		if r.Outcome == o {
			out = append(out, r.Settings)
		}
	}
	return out
}
