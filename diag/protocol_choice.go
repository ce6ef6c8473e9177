package diag

import (
	"strings"

	"github.com/mapiscope/mapiscope/diag/protocol"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// protocolOf is which protocol Outlook would use; nil when the mailbox URL was
// given, for then nobody asked what is offered.
func protocolOf(e *suite.Env, checks []report.Check) *report.Protocol {
	if e.SkipsDiscovery() {
		return nil
	}
	d := protocol.Decide(protocolEvidence(e, checks))
	p := &report.Protocol{Uses: string(d.Uses), Why: d.Why, Commands: d.Commands}
	for _, r := range d.Reasons {
		p.Reasons = append(p.Reasons, report.ProtocolReason{About: r.About, Says: r.Says})
	}
	for _, s := range d.Settings {
		p.Settings = append(p.Settings, report.ProtocolSettings{Organization: s.Organization, Mailbox: string(s.Mailbox), BlockExternal: s.BlockExternal})
	}
	return p
}

// protocolEvidence gathers what the checks have found out.
func protocolEvidence(e *suite.Env, checks []report.Check) protocol.Evidence {
	v := protocol.Evidence{Address: e.Address, Client: outlookOf(e), MAPI: stateOf(checks, "mapi.logon"), RPC: stateOf(checks, "rpc.mailbox")}
	way := e.KnownRPCWay()
	v.RPCBeside = way != nil
	for _, c := range checks {
		for _, s := range c.Signals {
			switch s.Code {
			case suite.EndpointDisabled:
				v.EndpointDisabled = true
			case suite.ServerTooOld:
				v.ServerTooOld = true
				v.ServerVersion, _ = s.Detail["version"].(string)
			}
		}
	}
	if m := e.Mailbox(); m != nil && v.ServerVersion == "" {
		_, v.ServerVersion, _ = strings.Cut(m.Info().ServerVersion, "/")
	}
	a := e.KnownAnswer()
	if a == nil {
		return v
	}
	switch a.Settings.Offer() {
	case autodiscover.OfferMapiHTTP:
		v.Offered = protocol.MAPIHTTP
		v.Internal, v.External = a.Settings.MapiHTTP.MailStore.Internal != "", a.Settings.MapiHTTP.MailStore.External != ""
		t := e.KnownTarget()
		v.UsesInternal = t != nil && t.Internal
	case autodiscover.OfferRPC:
		v.Offered = protocol.RPCHTTP
		v.External = a.Settings.Protocol("EXPR") != nil
		v.Internal = a.Settings.Protocol("EXCH") != nil || way != nil
		v.UsesInternal = way != nil && way.Internal
	default:
		v.Offered = protocol.None
	}
	return v
}

// stateOf is what a session came to, by the check that opens it.
func stateOf(checks []report.Check, id string) protocol.State {
	c := checkOf(checks, id)
	switch {
	case c == nil || c.Status == report.Skip:
		return protocol.Untried
	case c.Status == report.Pass:
		return protocol.Works
	}
	return protocol.Fails
}

// outlookOf is the Outlook of this computer, as far as its registry tells.
func outlookOf(e *suite.Env) (c protocol.Client) {
	found, err := e.Outlook()
	if err != nil || found == nil {
		return c
	}
	c.Known = true
	if len(found.Installed) > 0 {
		can, needs := found.Installed[0].MAPIHTTP()
		c.Version, c.Capability, c.Needs = found.Installed[0].Version, string(can), needs
	}
	for _, s := range found.Settings {
		if s.Name == outlook.MapiHttpDisabled && s.On() && !s.Beaten {
			c.Disabled, c.ByPolicy = s.Key, s.Policy
			break
		}
	}
	return c
}
