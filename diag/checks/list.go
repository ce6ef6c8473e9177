// Package checks holds the checks: one per file, in the one list All. A check
// observes and says in one sentence what it saw; what it means for the person is
// said by diag/causes, from the signals.
//
// Every check goes through suite.Env, and so through the dial, TLS and sign-in
// path of the engine: what passes here passes for the real connection.
package checks

import "github.com/mapiscope/mapiscope/diag/suite"

// All is every check, in the order in which reports show them.
func All() []suite.Check {
	return append(discoverySteps(
		machineInterfaces, machineProxy, machineProxyScript, machineWinHTTP, machineClock, machineOutlook, machineRegistry,
		machineCredentials, machineCache,
		dnsDomain, dnsAutodiscover, dnsSRV, dnsMailbox, dnsSystem),
		discoverySCP, discoveryAnswer, discoveryCapability, discoveryMailboxURL, discoveryComparison, discoveryDirectConnect,
		networkAutodiscover, networkMailbox,
		tlsAutodiscover, tlsMailbox, tlsNames, tlsRevocation, tlsPrincipal,
		webHealthcheck, webServices, webPage, webNspiPage,
		authOffered, authModern, authSignIn, authKerberos, authExtendedProtection, authUserName,
		mapiConnect, mapiVersion, mapiLogon, mapiMailbox, mapiInbox, mapiPing, mapiLatency, mapiNotification,
		directoryBind, directoryResolve, directoryURL, directoryPing,
		rpcEcho, rpcConnect, rpcMailbox, rpcDirectory, rpcTCP,
		resumeContext, resumeIdle, resumeLongPoll,
	)
}
