// Package mapihttp is the HTTP layer of MAPI over HTTP (MS-OXCMAPIHTTP) and the
// two clients on it: Mailbox (EMSMDB) and Directory (NSPI).
//
// From the wire up:
//
//	framing.go    the inner stream: PROCESSING, PENDING, DONE, additional headers
//	answer.go     one answer, judged rung by rung up to X-ResponseCode
//	failure.go    the first rung that failed, as one error type
//	session.go    a session context: cookies, ids, sequence rule, expiry clock
//	endpoint.go   requests in a session context: lanes, limits, resends, figures
//	gate.go       what a pause holds back and cuts off
//	resume.go     proving the session context after it, or replacing it
//	mailbox*.go   Connect, Execute, NotificationWait, Disconnect and what they are for
//	directory.go  Bind, Unbind and the questions to the address book
//
// A session context is not a TCP connection: it lives on the server, hangs on
// cookies, and survives any change of network until its clock runs out. One
// request is in flight in it at a time, and one NotificationWait beside.
//
// Nothing here logs. What goes over the wire is told to httpc.Client.Trace.
package mapihttp
