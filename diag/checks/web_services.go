package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

var webServices = suite.Check{
	ID: "web.services", Group: "web", Title: "Health pages of every service and address", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox", "tls.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		host := suite.HostOf(t.MailboxURL)
		all, err := webcheck.Healthchecks(ctx, e.HTTP, host, suite.PortOf(t.MailboxURL), webcheck.VDirs, "web.services")
		if err != nil {
			return failed(err, host)
		}
		rows := healthRows(all)
		e.Web(func(w *report.WebCheck) { w.Healthchecks = rows })
		return judgeServices(host, all).With("pages", rows)
	},
}

func healthRows(all []webcheck.Health) []report.ServiceHealth {
	var out []report.ServiceHealth
	for _, h := range all {
		row := report.ServiceHealth{VDir: h.VDir, Address: h.Address, Status: h.Status, Server: h.Server, Took: report.MSPtr(h.Took)}
		if h.OK() || h.Down() {
			healthy := h.OK()
			row.Healthy = &healthy
		}
		if h.Err != nil {
			row.Error = h.Err.Error()
		}
		out = append(out, row)
	}
	return out
}

// outlookNeeds are the services that Outlook uses beside the mailbox, and what
// people miss without them. The others are webmail, phones, administration.
var outlookNeeds = map[string]string{
	"ews":          "free/busy times, out-of-office replies and MailTips",
	"autodiscover": "setting up Outlook and finding moved mailboxes",
	"oab":          "the offline address book",
}

// judgeServices names the addresses whose MAPI is out of service, then the other
// services that are.
func judgeServices(host string, all []webcheck.Health) suite.Outcome {
	healthy, down := split(all, "mapi")
	switch {
	case len(down) > 0 && len(healthy) > 0:
		return oneBadNode(host, down, len(down)+len(healthy))
	case len(down) > 0:
		return suite.Fail(fmt.Sprintf("%s says at every address that MAPI over HTTP is out of service", host)).
			Saw(signal(suite.HealthBad, host, "status", down[0].Status))
	case !slices.ContainsFunc(all, func(h webcheck.Health) bool { return h.OK() }):
		return suite.Skip(host + " has no health pages, as servers other than Exchange")
	}
	if out, bad := otherServices(host, all); bad {
		return out
	}
	return suite.Pass(summaryOf(all))
}

// split gives those of a directory that are healthy and those that are down.
func split(all []webcheck.Health, vdir string) (healthy, down []webcheck.Health) {
	for _, h := range all {
		switch {
		case h.VDir != vdir:
		case h.OK():
			healthy = append(healthy, h)
		case h.Down():
			down = append(down, h)
		}
	}
	return healthy, down
}

func oneBadNode(host string, down []webcheck.Health, of int) suite.Outcome {
	var where []string
	for _, h := range down {
		where = append(where, h.Address)
	}
	return suite.Fail(fmt.Sprintf("%s says at %s that MAPI over HTTP is out of service, and is healthy at the other of its %d addresses", host, strings.Join(where, ", "), of)).
		Saw(signal(suite.HealthBad, host, "status", down[0].Status, "address_tried", down[0].Address, "node", host+" at "+strings.Join(where, ", ")))
}

// otherServices warns of one that Outlook uses.
func otherServices(host string, all []webcheck.Health) (suite.Outcome, bool) {
	for _, vdir := range webcheck.VDirs {
		miss := outlookNeeds[vdir]
		if _, down := split(all, vdir); miss != "" && len(down) > 0 {
			at := orServer(down[0].Address, host)
			return suite.Warn(fmt.Sprintf("%s says that /%s is out of service", host, vdir)).
				Saw(signal(suite.ServiceDown, host, "service", vdir, "miss", miss, "status", down[0].Status, "address_tried", at)), true
		}
	}
	return suite.Outcome{}, false
}

// summaryOf counts the services that are healthy at every address.
func summaryOf(all []webcheck.Health) string {
	healthy := 0
	var addresses []string
	for _, vdir := range webcheck.VDirs {
		if ok, down := split(all, vdir); len(ok) > 0 && len(down) == 0 {
			healthy++
		}
	}
	for _, h := range all {
		if !slices.Contains(addresses, h.Address) {
			addresses = append(addresses, h.Address)
		}
	}
	return fmt.Sprintf("%d of %d services are healthy at %s", healthy, len(webcheck.VDirs), count(len(addresses), "address", "addresses"))
}
