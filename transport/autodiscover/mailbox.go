package autodiscover

import (
	"context"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// LookupMailbox asks a known Autodiscover URL for the mailbox that a wrong-server
// redirect named, "<mailbox GUID>@<domain>" (MS-OXCSTOR 2.2.1.1.2). The host must
// have been allowed by an earlier Lookup; redirects obey the same rules as there.
func (c *Client) LookupMailbox(ctx context.Context, knownURL, mailboxID string) *Attempt {
	s := newSearch(c)
	s.compare = false
	a := s.begin(StepGiven, mailboxID, knownURL)
	if err := CheckMailboxID(mailboxID); err != nil {
		a.fail(CausePolicy, netpath.PhaseHTTP, knownURL, 0, err)
	} else if u, err := checkTarget(knownURL); err != nil {
		a.fail(CausePolicy, netpath.PhaseHTTP, knownURL, 0, err)
	} else if err := s.policy.Allowed(hostKey(u)); err != nil {
		a.fail(CausePolicy, netpath.PhaseHTTP, knownURL, 0, err)
	} else {
		s.follow(ctx, &a, u)
	}
	a = a.end()
	return &a
}
