package diag

import (
	"context"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
)

// mechanisms are the ways to sign in that a choice of --auth allows, the best
// first; nil signs in nowhere.
func mechanisms(choice, domain string, c auth.Credential) ([]auth.Mechanism, error) {
	if c.Password.Empty() {
		return nil, nil
	}
	negotiate, ntlm := auth.NegotiateNTLM(c, auth.NTLMOptions{}), auth.NTLM(c, auth.NTLMOptions{})
	switch strings.ToLower(choice) {
	case "", "auto":
		return []auth.Mechanism{negotiate, ntlm, basicBelow{auth.Basic(c), domain}}, nil
	case "negotiate":
		return []auth.Mechanism{negotiate}, nil
	case "ntlm":
		return []auth.Mechanism{ntlm}, nil
	case "basic":
		return []auth.Mechanism{auth.Basic(c)}, nil
	case "none":
		return nil, nil
	}
	return nil, &UsageError{Sentence: fmt.Sprintf("sign-in by %q is not known", choice), Hint: "use auto, negotiate, ntlm, basic or none"}
}

// basicBelow is Basic, which hands the password itself over, kept from the host
// that has the bare name of the mail domain. Autodiscover asks there too, and
// what answers is an ordinary website nearly always, often run by somebody else.
// A person who knows better chooses Basic by name.
type basicBelow struct {
	auth.Mechanism
	domain string
}

// Start refuses the host with the bare name.
func (b basicBelow) Start(ctx context.Context, t auth.Target) (auth.Handshake, error) {
	if strings.EqualFold(t.Host, b.domain) {
		return nil, fmt.Errorf("the password is not sent to %s by Basic unless that is asked for (--auth basic)", t.Host)
	}
	return b.Mechanism.Start(ctx, t)
}
