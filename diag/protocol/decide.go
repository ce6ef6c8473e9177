package protocol

import (
	"fmt"
	"regexp"
)

// State is what a session by a protocol came to.
type State int

// The states.
const (
	Untried State = iota
	Works
	Fails
)

// Client is the Outlook of this computer.
type Client struct {
	Known      bool   // a registry was there to read
	Version    string // of the newest Outlook, "" when none is installed
	Capability string // "yes", "no", "depends"; "" when not known
	Needs      string // what is missing for MAPI over HTTP
	Disabled   string // where MapiHttpDisabled stands as 1; "" when it does not
	ByPolicy   bool   // a policy set it
}

// Evidence is what a client can know. A zero field is not known.
type Evidence struct {
	Address          string
	Offered          Protocol // what Autodiscover leads a capable client to; "" when it gave no answer
	RPCBeside        bool     // RPC over HTTP is published too
	Internal         bool     // an internal URL or proxy is published for the offered protocol
	External         bool     // an external one is
	UsesInternal     bool     // the internal one is what can be reached from here
	EndpointDisabled bool     // the MAPI endpoint says that it is switched off
	ServerVersion    string
	ServerTooOld     bool // older than Exchange 2013 SP1
	Client           Client
	MAPI, RPC        State
}

// Decision is the sentence that Outlook's connection status lacks.
type Decision struct {
	Uses     Protocol
	Why      string   // one sentence
	Reasons  []Reason // one for each thing that decides, in order of their weight
	Settings []Settings
	Commands []string // with which an administrator sees, then changes, the settings
}

// Reason is what one of the inputs says.
type Reason struct{ About, Says string }

// Decide weighs the evidence as Outlook does: first what the client may and can
// do, then what the server offers.
func Decide(e Evidence) Decision {
	d := Decision{Reasons: e.reasons()}
	d.Uses, d.Why = e.choice()
	if e.Offered == MAPIHTTP || e.Offered == RPCHTTP && !e.ServerTooOld {
		o := Outcome{Protocol: e.Offered, InternalOnly: e.Internal && !e.External}
		if e.EndpointDisabled {
			o.Protocol = RPCHTTP // Autodiscover has not caught up yet
		}
		d.Settings = Fitting(o)
		d.Commands = commands(e.Address, o.Protocol)
	}
	return d
}

func (e *Evidence) choice() (Protocol, string) {
	older, otherwise := RPCHTTP, "RPC over HTTP"
	if e.Offered == MAPIHTTP && !e.RPCBeside {
		older, otherwise = None, "nothing: the server publishes no RPC over HTTP"
	}
	switch c := e.Client; {
	case e.Offered == "":
		return Unknown, "Autodiscover gave no answer, so what Outlook would use is not known."
	case e.Offered == None:
		return None, "The server offers this mailbox no protocol that Outlook speaks."
	case e.Offered == MAPIHTTP && c.Disabled != "":
		return older, fmt.Sprintf("The server offers MAPI over HTTP, but Outlook on this computer would use %s: MapiHttpDisabled is 1 in %s.", otherwise, c.Disabled)
	case e.Offered == MAPIHTTP && c.Capability == "no":
		return older, fmt.Sprintf("The server offers MAPI over HTTP, but Outlook %s on this computer cannot use it and would use %s; it needs %s.", c.Version, otherwise, c.Needs)
	case e.ServerTooOld:
		return RPCHTTP, fmt.Sprintf("Outlook would use RPC over HTTP: the server is Exchange %s, which is older than MAPI over HTTP.", e.ServerVersion)
	case e.Offered == RPCHTTP:
		return RPCHTTP, "Outlook would use RPC over HTTP: the server does not offer MAPI over HTTP for this mailbox. Whether the organisation or the mailbox switches it off cannot be told from here; the mailbox wins."
	case e.EndpointDisabled:
		return RPCHTTP, "Autodiscover still offers MAPI over HTTP, but the endpoint says that it is switched off; after its next discovery Outlook would use RPC over HTTP."
	case e.MAPI == Fails && e.RPC == Works:
		return MAPIHTTP, "Outlook would use MAPI over HTTP, for it is offered, although it does not work at the moment and RPC over HTTP does: Outlook does not fall back by itself."
	}
	return MAPIHTTP, "Outlook would use MAPI over HTTP: the server offers it, and nothing known here speaks against it."
}

// reasons says what each input says, the client's before the server's.
func (e *Evidence) reasons() (out []Reason) {
	say := func(about, format string, args ...any) {
		out = append(out, Reason{about, fmt.Sprintf(format, args...)})
	}
	e.clientReasons(say)
	if e.ServerVersion != "" {
		knows := "knows MAPI over HTTP"
		if e.ServerTooOld {
			knows = "is older than MAPI over HTTP (15.0.847.32)"
		}
		say("server version", "%s %s", e.ServerVersion, knows)
	}
	switch {
	case e.Offered == "" || e.Offered == None:
	case e.EndpointDisabled:
		say("organisation and mailbox", "the MAPI endpoint is switched off, by the one or the other")
	case e.Offered == MAPIHTTP:
		say("organisation and mailbox", "on: the mailbox is $true, or $null with the organisation on")
	case !e.ServerTooOld:
		say("organisation and mailbox", "off: the mailbox is $false, or $null with the organisation off")
	}
	if e.Offered == MAPIHTTP || e.Offered == RPCHTTP {
		say("block of external connections", "%s", e.blocked())
		say("URL", "%s", e.url())
	}
	return out
}

func (e *Evidence) clientReasons(say func(about, format string, args ...any)) {
	c := e.Client
	switch {
	case !c.Known:
		say("client switch", "not known: there is no registry of Outlook here")
	case c.Disabled != "" && c.ByPolicy:
		say("client switch", "MapiHttpDisabled is 1 by policy, in %s", c.Disabled)
	case c.Disabled != "":
		say("client switch", "MapiHttpDisabled is 1, in %s", c.Disabled)
	default:
		say("client switch", "MapiHttpDisabled is not set")
	}
	switch c.Capability {
	case "yes":
		say("client version", "Outlook %s can", c.Version)
	case "no":
		say("client version", "Outlook %s cannot: it needs %s", c.Version, c.Needs)
	case "depends":
		say("client version", "Outlook %s can if it has %s", c.Version, c.Needs)
	}
}

func (e *Evidence) blocked() string {
	switch {
	case e.External:
		return "not set: an external URL is published"
	case e.Internal:
		return "set for this mailbox, or no external URL is configured: only the internal one is published"
	}
	return "not known: no URL is published"
}

func (e *Evidence) url() string {
	switch {
	case !e.Internal && !e.External:
		return "none is published"
	case e.UsesInternal:
		return "the internal one, for it is what can be reached from here"
	case e.External:
		return "the external one"
	}
	return "the internal one"
}

// harmless is what may stand in a command that somebody pastes into a shell.
var harmless = regexp.MustCompile(`^[\pL\pN][\pL\pN._@+-]*$`)

// commands show both switches; for a mailbox that should have MAPI over HTTP and
// has not, they also set them.
func commands(address string, seen Protocol) []string {
	identity := address
	if !harmless.MatchString(identity) {
		identity = "IDENTITY"
	}
	out := []string{"Get-OrganizationConfig | fl MapiHttpEnabled", "Get-CasMailbox -Identity " + identity + " | fl MapiHttpEnabled"}
	if seen == RPCHTTP {
		out = append(out, "Set-OrganizationConfig -MapiHttpEnabled $true", "Set-CasMailbox -Identity "+identity+" -MapiHttpEnabled $null")
	}
	return out
}
