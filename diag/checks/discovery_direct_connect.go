package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

var discoveryDirectConnect = suite.Check{
	ID: "discovery.direct-connect", Group: "discovery", Title: "Microsoft 365 asked first", Affects: "setup",
	Behind: []string{"discovery.answer"}, // where the mailbox is decides what Microsoft 365 means
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		sign, err := cloudSign(ctx, e)
		switch {
		case err != nil && sign == "":
			return suite.Skip("DNS does not tell whether Microsoft 365 knows the domain: " + sentence(err))
		case sign == "":
			return suite.Pass("nothing in the public DNS of " + e.Domain + " points to Microsoft 365")
		}
		c, err := e.Outlook()
		if err != nil || c == nil {
			return suite.Pass(fmt.Sprintf("%s is known to Microsoft 365 (%s); whether Outlook asks there first is in the registry of its computer (--registry-dump)", e.Domain, sign)).With("sign", sign)
		}
		return judgeDirectConnect(e, c, sign)
	},
}

// cloudSign is what in DNS says that Microsoft 365 knows the domain. Microsoft's own
// servers are never asked.
func cloudSign(ctx context.Context, e *suite.Env) (sign string, err error) {
	var wg sync.WaitGroup
	var byText, byMail string
	var textErr, mailErr error
	wg.Go(func() {
		var list []string
		list, textErr = e.Path.LookupTXT(ctx, e.Domain)
		for _, t := range list {
			if strings.HasPrefix(strings.ToLower(t), "ms=") {
				byText = "the TXT record " + shortText(t)
			}
		}
	})
	wg.Go(func() {
		list, err := e.Path.LookupMX(ctx, e.Domain)
		mailErr = err
		for _, mx := range list {
			if strings.HasSuffix(strings.ToLower(strings.TrimSuffix(mx.Host, ".")), ".mail.protection.outlook.com") {
				byMail = "the MX record " + strings.TrimSuffix(mx.Host, ".")
			}
		}
	})
	wg.Wait()
	switch {
	case byText != "":
		return byText, nil
	case byMail != "":
		return byMail, nil
	}
	for _, err := range []error{textErr, mailErr} {
		if err != nil && netpath.KindOf(err) != netpath.KindNotFound {
			return "", err
		}
	}
	return "", nil
}

// firstDirect is the first Office that asks Microsoft 365 by itself.
const firstDirect = 16

func judgeDirectConnect(e *suite.Env, c *outlook.Client, sign string) suite.Outcome {
	live := e.KnownAnswer()
	s := c.Effective(outlook.ExcludeExplicitO365, c.Current())
	switch {
	case c.Current() < firstDirect:
		return suite.Pass("this Outlook is older than the habit of asking Microsoft 365 first")
	case live == nil || strings.EqualFold(live.Settings.MicrosoftOnline, "true"):
		return suite.Skip("it is not known that the mailbox is on premises")
	case s != nil && s.On():
		return suite.Pass(fmt.Sprintf("%s is known to Microsoft 365 (%s), and %s keeps Outlook from asking there first", e.Domain, sign, s.Name)).With("sign", sign)
	}
	state := "is not set"
	if s != nil {
		state = "is " + s.Value.Text()
	}
	return suite.Warn(fmt.Sprintf("%s is known to Microsoft 365 (%s), the mailbox is on premises, and %s %s: Outlook asks Microsoft 365 first", e.Domain, sign, outlook.ExcludeExplicitO365, state)).
		Saw(signal(suite.DirectConnect, e.Domain, "sign", sign, "state", state)).With("sign", sign)
}

// shortText bounds a text that whoever owns the domain chose.
func shortText(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
