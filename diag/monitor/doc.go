// Package monitor is the always-on part: it keeps one account's session alive,
// pauses and resumes it when the network or the machine says so, keeps the
// history of outages, and publishes what it knows as one immutable Snapshot.
package monitor
