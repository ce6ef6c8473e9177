package checks

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var mapiMailbox = suite.Check{
	ID: "mapi.mailbox", Group: "mapi", Title: "Size of the mailbox", Affects: "mailbox",
	After: []string{"mapi.logon"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		s, err := e.Summary(ctx, "mapi.mailbox")
		if err != nil {
			return failed(err, suite.HostOf(e.Mailbox().Info().URL))
		}
		return judgeSize(s)
	},
}

func judgeSize(s *mapihttp.Summary) suite.Outcome {
	if s.Size == nil {
		return suite.Skip("the server does not tell the size")
	}
	out := suite.Pass(size(*s.Size)).With("bytes", *s.Size).With("owner", s.Owner)
	if s.SendQuota == nil {
		return out
	}
	out = out.With("send_quota_bytes", *s.SendQuota)
	out.Summary = fmt.Sprintf("%s of %s", size(*s.Size), size(*s.SendQuota))
	if *s.Size >= *s.SendQuota {
		out.Status = "warn"
		out.Summary += ": the mailbox is full and cannot send"
		out = out.Saw(signal(suite.MailboxFull, ""))
	}
	return out
}

// size writes a size as people read it.
func size(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
