// Package reallab starts the foreign parts that sign-in is tested against: a MIT
// realm, Apache with mod_auth_gssapi, and an acceptor of MIT's and gss-ntlmssp's
// libraries that enforces channel bindings. It is built with the tag "real" alone;
// .ci/setup-real installs what it needs.
package reallab
