package checks

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var mapiInbox = suite.Check{
	ID: "mapi.inbox", Group: "mapi", Title: "Inbox", Affects: "mailbox",
	After: []string{"mapi.logon"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		s, err := e.Summary(ctx, "mapi.inbox")
		if err != nil {
			return failed(err, suite.HostOf(e.Mailbox().Info().URL))
		}
		return judgeInbox(s)
	},
}

func judgeInbox(s *mapihttp.Summary) suite.Outcome {
	if s.Messages == nil {
		return suite.Skip("the server does not tell how many messages there are")
	}
	out := suite.Pass(count(int(*s.Messages), "message", "messages")).With("name", s.Inbox).With("messages", *s.Messages)
	if s.Unread != nil {
		out.Summary += fmt.Sprintf(", %d unread", *s.Unread)
		out = out.With("unread", *s.Unread)
	}
	return out
}
