package exchangetest

import (
	"net/http"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// mailboxFaults are about one mailbox, or what the server lets be done with it.
var mailboxFaults = []faultRow{
	{FaultInfo{Name: "client-version-blocked", Cause: "client-version-blocked",
		Title:    "The server refuses this version of Outlook, or its online mode.",
		Imitates: "Set-CASMailbox -MAPIBlockOutlookVersions, -MAPIBlockOutlookNonCachedMode $true",
		Variants: []string{"version", "online-mode"}},
		func(b *behaviour, f Fault) {
			code := mapierr.ClientVerDisallowed
			if f.Variant == "online-mode" {
				code = mapierr.CachedModeRequired
			}
			b.refuseConnect(f, code)
		}},
	{FaultInfo{Name: "mailbox-access-denied", Cause: "mailbox-access-denied",
		Title:    "The account signs in and may not open the mailbox.",
		Imitates: "a mailbox of somebody else without FullAccess: refused at Connect, or at the logon",
		Variants: []string{"logon", "connect"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "connect" {
				b.refuseConnect(f, mapierr.AccessDenied)
				return
			}
			b.logonError = mapierr.LoginPerm
		}},
	{FaultInfo{Name: "database-down", Cause: "database-down",
		Title:    "The database that holds the mailbox is not available.",
		Imitates: "a database that is dismounted, or is being mounted",
		Variants: []string{"dismounted", "mounting"}},
		func(b *behaviour, f Fault) {
			b.logonError = mapierr.MDBNotInit
			if f.Variant == "mounting" {
				b.logonError = mapierr.LoginFailure
			}
		}},
	{FaultInfo{Name: "mailbox-full", Cause: "mailbox-full", Warns: true,
		Title:    "The mailbox has reached its quota and cannot send.",
		Imitates: "ProhibitSendQuota below the size of the mailbox"},
		func(b *behaviour, _ Fault) { b.quotaKB = 1 }},
	{FaultInfo{Name: "notification-lost", Cause: "notification-lost",
		Title:    "New mail arrives and nobody is told.",
		Imitates: "a NotificationWait that stays open while messages come"},
		func(b *behaviour, _ Fault) { b.deaf = true }},
	{FaultInfo{Name: "session-bound-to-connection", Cause: "session-bound-to-connection",
		Title:    "The session ends with the connections that it was used on.",
		Imitates: "a load balancer whose affinity lasts as long as a connection: the next one leads to another server"},
		func(b *behaviour, _ Fault) { b.boundContexts = true }},
	{FaultInfo{Name: "not-in-address-book", Healthy: true,
		Title:    "Healthy: the mailbox is hidden from the address lists.",
		Imitates: "HiddenFromAddressListsEnabled $true"},
		func(b *behaviour, _ Fault) { b.hidden = true }},
	{FaultInfo{Name: "directory-url-differs", Cause: "directory-url-differs", Warns: true,
		Title:    "The address book names another server than Autodiscover does.",
		Imitates: "servers whose virtual directories were not all given the same URL"},
		func(b *behaviour, _ Fault) { b.bookHost = b.names.server }},
	{FaultInfo{Name: "service-down", Cause: "service-down", Warns: true,
		Title:    "A service beside the mailbox is out of service.",
		Imitates: "an inactive EWS or OAB component: 503 for its healthcheck.htm",
		Variants: []string{"ews", "oab"}},
		func(b *behaviour, f Fault) {
			vdir := f.Variant
			if vdir == "" {
				vdir = "ews"
			}
			b.down[vdir] = true
		}},
	{FaultInfo{Name: "vdir-missing", Cause: "vdir-missing",
		Title:    "The server has no virtual directory for MAPI.",
		Imitates: "a server on which /mapi was removed, or a reverse proxy that does not pass it on",
		Variants: []string{"server", "proxy"}},
		func(b *behaviour, f Fault) {
			b.front = append(b.front, func(c *call) bool {
				if !c.conn.tls || c.vdir != "mapi" {
					return false
				}
				if f.Variant == "proxy" {
					c.set("Server", "nginx")
					c.text(http.StatusNotFound, "text/html", "<html><head><title>404 Not Found</title></head></html>")
				} else {
					c.iisNotFound()
				}
				return true
			})
		}},
}
