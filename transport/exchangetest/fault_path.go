package exchangetest

import "time"

// idleLimit is when the firewall of idle-timeout forgets a connection: so short
// that nobody has to wait for it, and longer than any answer takes.
const idleLimit = time.Second

// pathFaults are done to connections that live long, on the way to the server.
var pathFaults = []faultRow{
	{FaultInfo{Name: "idle-timeout", Cause: "idle-timeout", Hold: 2 * idleLimit,
		Title:    "Something on the way cuts connections that are quiet for a moment.",
		Imitates: "a firewall or load balancer whose idle limit is shorter than the time between two signs of life of a NotificationWait: a reset after one second without traffic"},
		func(b *behaviour, _ Fault) { b.idle = idleLimit }},
	{FaultInfo{Name: "proxy-buffers-long-poll", Cause: "proxy-buffers-long-poll", Hold: idleLimit,
		Title:    "Something on the way keeps answers back until they are complete.",
		Imitates: "a reverse proxy with response buffering: no meta-tag of a NotificationWait arrives before its end"},
		func(b *behaviour, _ Fault) { b.buffered = true }},
}
