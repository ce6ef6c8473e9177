package auth

// NTLMOptions are the knobs of NTLM that a check turns. The zero value is right
// for signing in.
type NTLMOptions struct {
	// NoBindings leaves the channel bindings out: what a client that knows no
	// Extended Protection does. For comparing, not for use.
	NoBindings bool
	// SPNEGO wraps the messages of NegotiateNTLM as Windows does; else they
	// go raw, which IIS takes as well. Answers are understood in both forms.
	SPNEGO bool
	// Workstation is the name sent along; "" sends none.
	Workstation string
}

// NTLM is MS-NLMP (NTLMv2 only, with MIC and channel bindings) under the scheme "NTLM".
func NTLM(c Credential, o NTLMOptions) Mechanism { return nil }

// NegotiateNTLM is NTLM under the scheme "Negotiate" (MS-SPNG, RFC 4559).
func NegotiateNTLM(c Credential, o NTLMOptions) Mechanism { return nil }
