// Package sspi signs in as the user of the Windows session, by Kerberos or NTLM as
// Windows decides, with channel bindings and without a password.
package sspi

import "errors"

// ErrNotWindows says that this system has no SSPI.
var ErrNotWindows = errors.New("there is no Windows session to sign in with")
