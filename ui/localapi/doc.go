// Package localapi is how faces talk to the agent: HTTP over a unix socket that
// its owner alone can open. Client is the side of tray, window and command line,
// Server that of the agent.
//
//	GET  /v1/snapshot   the state now
//	GET  /v1/snapshots  JSON Lines: the state now, then every new one
//	POST /v1/check      run checks
//	POST /v1/pause      drop the connections, keep the session
//	POST /v1/resume     prove the session on a new connection
//	POST /v1/report     the last report, in any format
//	POST /v1/quit       end the agent
package localapi
