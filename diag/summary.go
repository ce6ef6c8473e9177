package diag

import (
	"fmt"
	"strings"
	"time"
)

// connected says in a clause how the mailbox is reached, for a verdict in which
// nothing failed.
func (d *diagnosis) connected() string {
	m := d.env.Mailbox()
	if m == nil {
		return "nothing failed"
	}
	what := "its mailbox answers"
	if dir := d.env.Directory(); dir != nil && dir.Info().Requests > dir.Info().Failures {
		what = "mailbox and address book answer"
	}
	i := m.Info()
	clause := what + " over MAPI/HTTP"
	if i.Authn != "" {
		clause += ", signed in with " + i.Authn
	}
	if i.AvgResponse > 0 {
		clause += fmt.Sprintf(", in %s per request", i.AvgResponse.Round(time.Millisecond/10))
	}
	return clause
}

// server is the name by which an administrator knows a server that answered, as
// commands take it: the first label of the front end's name.
func (d *diagnosis) server() string {
	for _, x := range d.env.Exchanges() {
		if x.FEServer != "" {
			name, _, _ := strings.Cut(x.FEServer, ".")
			return name
		}
	}
	return ""
}
