package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

var machineRegistry = suite.Check{
	ID: "machine.registry", Group: "machine", Title: "Settings of Outlook in the registry", Affects: "mailbox",
	Behind: []string{"discovery.root", "discovery.autodiscover", "discovery.http-redirect", "discovery.srv", "auth.offered"}, // what works decides what a switch does
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		c, err := e.Outlook()
		switch {
		case err != nil:
			return suite.Skip("the registry cannot be read: " + err.Error())
		case c == nil:
			return suite.Skip(noRegistry)
		}
		return judgeRegistry(c, seenByOutlook{domain: e.Domain, works: usableSteps(e.Attempts()), modern: anyBearer(e)})
	},
}

// seenByOutlook is what the switches are held against.
type seenByOutlook struct {
	domain string
	works  []string // steps of Autodiscover that led to settings
	modern bool     // a server offers modern authentication
}

// usableSteps are those of Outlook's own order; it does not ask for JSON there, and
// a URL that was given is ours alone.
func usableSteps(attempts []autodiscover.Attempt) []string {
	var out []string
	for i, a := range attempts {
		if attempts[i].Usable() && a.Step != autodiscover.StepJSON && a.Step != autodiscover.StepGiven {
			out = append(out, string(attempts[i].Step))
		}
	}
	return out
}

// anyBearer says that some server, Autodiscover included, offered Bearer.
func anyBearer(e *suite.Env) bool {
	for _, x := range e.Exchanges() {
		for _, c := range auth.ParseChallenges(x.Header.Values("WWW-Authenticate")) {
			if strings.EqualFold(c.Scheme, "Bearer") {
				return true
			}
		}
	}
	return false
}

// registryRules look at one switch each; the outcome of the worst is the check's.
var registryRules = []func(*outlook.Client, seenByOutlook) (suite.Outcome, bool){
	mapiHTTPOff, stepsExcluded, onlineContentOff, localXMLInUse, ntlmV1, modernAuthOff,
}

func judgeRegistry(c *outlook.Client, s seenByOutlook) suite.Outcome {
	out := suite.Pass(harmless(c))
	var sentences []string
	for _, look := range registryRules {
		o, speaks := look(c, s)
		if !speaks {
			continue
		}
		if out.Status == report.Pass || o.Status == report.Fail {
			out.Status = o.Status
		}
		sentences = append(sentences, o.Summary)
		out = out.Saw(o.Signals...)
	}
	if len(sentences) > 0 {
		out.Summary = strings.Join(sentences, "; ")
	}
	if all := values(c, c.Current()); len(all) > 0 {
		out = out.With("values", all)
	}
	return out
}

// harmless says what is there that changes nothing for the worse.
func harmless(c *outlook.Client) string {
	var names []string
	for _, s := range c.Settings {
		if (s.Version == 0 || s.Version == c.Current()) && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	text := "nothing keeps Outlook from the mailbox"
	if len(names) > 0 {
		text += " (set: " + strings.Join(names, ", ") + ")"
	}
	if c.Effective(outlook.ExcludeSrvLookup, c.Current()) != nil {
		text += "; ExcludeSrvLookup does nothing, the value that Outlook knows is ExcludeSrvRecord"
	}
	return text
}

// where names a value with who set it.
func where(s *outlook.Setting) []any {
	by := "a user or a script"
	if s.Policy {
		by = "a policy"
	}
	return []any{"key", s.Key, "name", s.Name, "set_by", by}
}

func mapiHTTPOff(c *outlook.Client, _ seenByOutlook) (suite.Outcome, bool) {
	s := c.Effective(outlook.MapiHttpDisabled, c.Current())
	if s == nil || !s.On() {
		return suite.Outcome{}, false
	}
	return suite.Fail(s.Path() + " is 1: Outlook does not use MAPI over HTTP").Saw(signal(suite.MapiHTTPOff, "", where(s)...)), true
}

// stepsExcluded speaks when Outlook may take none of the steps that work. One that
// is left out beside others that work does no harm, and is often on purpose.
func stepsExcluded(c *outlook.Client, seen seenByOutlook) (suite.Outcome, bool) {
	excluded := c.Excluded()
	var by []string
	var first *outlook.Setting
	for _, step := range seen.works {
		s := excluded[step]
		if s == nil {
			return suite.Outcome{}, false
		}
		if first == nil {
			first = s
		}
		by = append(by, s.Name)
	}
	if first == nil {
		return suite.Outcome{}, false
	}
	names := strings.Join(by, ", ")
	return suite.Fail(fmt.Sprintf("%s keeps Outlook from the only way to Autodiscover that works", names)).
		Saw(signal(suite.StepsExcluded, "", append(where(first), "names", names)...)), true
}

func localXMLInUse(c *outlook.Client, seen seenByOutlook) (suite.Outcome, bool) {
	prefer := c.Effective(outlook.PreferLocalXML, c.Current())
	if prefer == nil || !prefer.On() {
		return suite.Outcome{}, false
	}
	for _, x := range c.LocalXML {
		if x.Domain == seen.domain {
			return suite.Warn(fmt.Sprintf("Outlook takes the settings of %s from the file %s and asks no server", x.Domain, x.File)).
				Saw(signal(suite.LocalXML, "", append(where(prefer), "names", prefer.Name+", "+x.Domain, "file", x.File)...)), true
		}
	}
	return suite.Outcome{}, false
}

// ntlmLevel is the first LmCompatibilityLevel at which Windows sends NTLMv2 alone;
// without a value it is this one since Windows Vista.
const ntlmLevel = 3

func ntlmV1(c *outlook.Client, _ seenByOutlook) (suite.Outcome, bool) {
	s := c.Effective(outlook.LmCompatibilityLevel, 0)
	if s == nil {
		return suite.Outcome{}, false
	}
	n, ok := s.Value.Number()
	if !ok || n >= ntlmLevel {
		return suite.Outcome{}, false
	}
	return suite.Warn(fmt.Sprintf("LmCompatibilityLevel is %d: Windows signs in with NTLMv1, which Extended Protection refuses", n)).
		Saw(signal(suite.NTLMv1Allowed, "", append(where(s), "level", fmt.Sprint(n))...)), true
}

// onlineContentOff keeps Office from signing in by modern authentication; where
// nothing asks for that it is worth a look and no more.
func onlineContentOff(c *outlook.Client, seen seenByOutlook) (suite.Outcome, bool) {
	s := c.Effective(outlook.UseOnlineContent, c.Current())
	if s == nil {
		return suite.Outcome{}, false
	}
	if n, ok := s.Value.Number(); !ok || n != 0 {
		return suite.Outcome{}, false
	}
	saw := signal(suite.OnlineContentOff, "", where(s)...)
	if seen.modern {
		return suite.Fail(s.Path() + " is 0: Office may not reach the sign-in service that the server asks for").Saw(saw), true
	}
	return suite.Warn(s.Path() + " is 0: Office may not use services on the internet, modern sign-in among them").Saw(saw), true
}

func modernAuthOff(c *outlook.Client, seen seenByOutlook) (suite.Outcome, bool) {
	s := c.Effective(outlook.EnableADAL, c.Current())
	if s == nil || !seen.modern {
		return suite.Outcome{}, false
	}
	if n, ok := s.Value.Number(); !ok || n != 0 {
		return suite.Outcome{}, false
	}
	return suite.Warn(s.Path() + " is 0: Outlook does not use the modern sign-in that the server offers").Saw(signal(suite.ModernAuthOff, "", where(s)...)), true
}
