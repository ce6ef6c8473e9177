package exchangetest

import (
	"net/http"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// sessionFaults happen inside MAPI over HTTP.
var sessionFaults = []faultRow{
	{FaultInfo{Name: "session-context-lost", Cause: "session-context-lost",
		Title:    "The server forgets the session right after it was opened.",
		Imitates: "a load balancer that loses cookies or affinity: X-ResponseCode 10, 6, 13 or 15 after every Connect",
		Variants: []string{"not-found", "invalid-cookie", "missing-cookie", "sequence", "late"}},
		func(b *behaviour, f Fault) {
			b.contextLost = map[string]refusal{"invalid-cookie": invalidCookie, "missing-cookie": missingCookie, "sequence": invalidSequence}[f.Variant]
			if b.contextLost == accepted {
				b.contextLost = contextNotFound
			}
			b.lateCode = f.Variant == "late"
		}},
	{FaultInfo{Name: "endpoint-disabled", Cause: "server-mapihttp-disabled",
		Title:    "The MAPI endpoint is switched off on this server.",
		Imitates: "X-ResponseCode 16, or 18 while the server shuts down",
		Variants: []string{"disabled", "shutting-down"}},
		func(b *behaviour, f Fault) {
			why := endpointDisabled
			if f.Variant == "shutting-down" {
				why = shuttingDown
			}
			b.mapi = append(b.mapi, func(c *call) bool {
				c.refuseProtocol(why)
				return true
			})
		}},
	{FaultInfo{Name: "throttled", Cause: "throttled",
		Title:    "The server is overloaded and asks clients to wait.",
		Imitates: "RopBackoff, status 0x6BB, or 503 with Retry-After",
		Variants: []string{"backoff", "busy", "unavailable"}},
		func(b *behaviour, f Fault) {
			switch f.Variant {
			case "busy":
				b.mapi = append(b.mapi, func(c *call) bool {
					execute := c.rec.RequestType == "Execute"
					if execute {
						c.answer(nil, (&emsmdb.ExecuteResponse{StatusCode: mapierr.RPCTooBusy}).Encode())
					}
					return execute
				})
			case "unavailable":
				b.mapi = append(b.mapi, func(c *call) bool {
					c.set("Retry-After", "30")
					c.empty(http.StatusServiceUnavailable)
					return true
				})
			default:
				b.busy = 2 * time.Second
			}
		}},
	{FaultInfo{Name: "endless-pending", Cause: "endless-pending",
		Title:    "The server says for ever that it is still working.",
		Imitates: "PENDING without end in every answer of the mailbox and the address book"},
		func(b *behaviour, _ Fault) { b.endlessWait = true }},
	{FaultInfo{Name: "huge-length", Cause: "huge-length",
		Title:    "The server announces an answer of ten gigabytes.",
		Imitates: "a hostile or broken server: Content-Length without the content",
		Variants: []string{"ten-gigabytes", "one-gigabyte"}},
		func(b *behaviour, f Fault) {
			b.contentLength = 10 << 30
			if f.Variant == "one-gigabyte" {
				b.contentLength = 1 << 30
			}
		}},
	{FaultInfo{Name: "mailbox-access-denied", Cause: "mailbox-access-denied",
		Title:    "The account may not open this mailbox.",
		Imitates: "a linked mailbox whose master account is another, or rights that were taken away",
		Variants: []string{"connect", "logon"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "logon" {
				b.logonError = mapierr.AccessDenied
			} else {
				b.refuseConnect(f, mapierr.LoginPerm)
			}
		}},
	{FaultInfo{Name: "database-down", Cause: "database-down",
		Title:    "The database with the mailbox is not mounted.",
		Imitates: "Dismount-Database; a copy that is still being activated",
		Variants: []string{"logon", "connect"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "connect" {
				b.refuseConnect(f, mapierr.MDBNotInit)
			} else {
				b.logonError = mapierr.MDBNotInit
			}
		}},
	{FaultInfo{Name: "client-version-blocked", Cause: "client-version-blocked",
		Title:    "The server does not let this version of Outlook in, or not in online mode.",
		Imitates: "Set-CASMailbox -MAPIBlockOutlookVersions, -MAPIBlockOutlookNonCachedMode",
		Variants: []string{"version", "online-mode"}},
		func(b *behaviour, f Fault) {
			code := mapierr.ClientVerDisallowed
			if f.Variant == "online-mode" {
				code = mapierr.CachedModeRequired
			}
			b.refuseConnect(f, code)
		}},
	{FaultInfo{Name: "notification-lost", Cause: "notification-lost",
		Title:    "New mail arrives, and nobody is told.",
		Imitates: "a NotificationWait that never hears of events, or ends without one",
		Variants: []string{"never", "hollow"}},
		func(b *behaviour, f Fault) { b.hollow, b.deaf = f.Variant == "hollow", f.Variant != "hollow" }},
	{FaultInfo{Name: "session-bound-to-connection", Cause: "session-bound-to-connection",
		Title:    "A session is known on the connection alone that it was opened on.",
		Imitates: "a load balancer that leads each connection to another server and takes no notice of cookies",
		Variants: []string{"not-found", "invalid-cookie"}},
		func(b *behaviour, f Fault) {
			b.bound = contextNotFound
			if f.Variant == "invalid-cookie" {
				b.bound = invalidCookie
			}
		}},
	{FaultInfo{Name: "directory-url-differs", Cause: "directory-url-differs", Warns: true,
		Title:    "The address book names another server for itself than Autodiscover does.",
		Imitates: "virtual directories of two servers with different URLs",
		Variants: []string{"server-name", "autodiscover-name"}},
		func(b *behaviour, f Fault) {
			b.bookHost = b.names.server
			if f.Variant == "autodiscover-name" {
				b.bookHost = b.names.autodiscover
			}
		}},
	{FaultInfo{Name: "not-in-address-book", Healthy: true,
		Title:    "Healthy: the mailbox is hidden from the address book.",
		Imitates: "HiddenFromAddressListsEnabled"},
		func(b *behaviour, _ Fault) { b.bookHides = true }},
	{FaultInfo{Name: "slow-bytes", Cause: "slow-bytes",
		Title:    "The server sends its answers byte by byte, one a second.",
		Imitates: "a hostile server, or a path that hardly carries anything"},
		func(b *behaviour, _ Fault) { b.slow = time.Second }},
}

// concerns says whether a fault is about the account with this address.
func (f Fault) concerns(address string) bool { return f.User == "" || f.User == address }

// edit changes what Autodiscover says about the accounts that f concerns.
func (b *behaviour) edit(f Fault, change func(*published)) {
	before := b.publish
	b.publish = func(u *User) published {
		p := before(u)
		if f.concerns(u.Address) {
			change(&p)
		}
		return p
	}
}

// refuseConnect gives Connect an ErrorCode for the accounts that f concerns.
func (b *behaviour) refuseConnect(f Fault, code mapierr.Code) {
	before := b.connectError
	b.connectError = func(u *User) mapierr.Code {
		if f.concerns(u.Address) {
			return code
		}
		return before(u)
	}
}
