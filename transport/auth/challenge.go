package auth

// Challenge is one challenge of a WWW-Authenticate or Proxy-Authenticate field
// (RFC 9110 11.6.1).
type Challenge struct {
	Scheme string            // as spelled by the server
	Token  string            // token68 (base64 for NTLM and Negotiate), "" when none
	Params map[string]string // names in lower case, values unquoted; nil when none
}

// ParseChallenges reads all values of the field.
func ParseChallenges(values []string) []Challenge { return nil }
