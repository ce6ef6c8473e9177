// Package exchangetest is an Exchange organisation for tests and for
// demonstrations, used as net/http/httptest is:
//
//	s, err := exchangetest.Start(exchangetest.Options{})
//	defer s.Close()
//	path := s.Path()          // names, addresses and the CA of this server
//	alice := s.User(0)        // an account that works
//	s.Set(exchangetest.Fault{Name: "session-context-lost"})
//
// Nothing in it is canned: it has its own certification authority and DNS
// server, speaks TLS on real sockets, verifies Basic and NTLM, keeps session
// contexts with cookies and sequence, and runs remote operations against a small
// mailbox per user. It answers as Exchange Server SE does and, on request, as
// Exchange 2013 before SP1 or as gromox.
//
// # Addresses
//
// DNS hands out logical loopback addresses (127.0.10.1 is mail, 127.0.10.2 is
// autodiscover, 127.0.10.3 the organisation's website), ports are the usual 443
// and 80. The sockets behind them are on 127.0.0.1 with ports chosen by the
// system; ConnectTo maps one to the other, so URLs, SNI and certificates are the
// ones of a real organisation and nothing privileged is needed.
//
// # Adding to it
//
// Everything a fault may change is a field of behaviour (behaviour.go). A fault
// is one row in a table (fault.go) plus one function that changes these fields;
// the families are in fault_*.go. Handlers read the behaviour once per request.
package exchangetest
