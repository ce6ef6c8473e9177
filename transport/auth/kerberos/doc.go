// Package kerberos signs in with Kerberos tickets (RFC 4120), carried by
// Negotiate (RFC 4559) with channel bindings and mutual authentication (RFC 4121).
//
// Message layouts and ciphers are gokrb5's. The exchanges with the KDC, the
// token and its verification are our own: they are bounded, obey a context, go
// through netpath, and keep the KDC's error codes.
package kerberos
