// Package lab measures how often the diagnosis is right. A Case is one way in
// which something is wrong, or well, with the cause that a verdict should name;
// it is injected for real: into an embedded Exchange, its DNS server and its
// certificates, into a proxy in between, the registry and the options of the
// client, or into a network namespace. Every fault and variant of exchangetest is
// a case by itself; what the server alone cannot show is added here.
//
// The lab is for tests and for "make accuracy", which writes docs/accuracy.md.
package lab
