package checks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/pac"
)

// slowScript is for how long a script may take to arrive: each program that
// follows it waits for it before its first connection.
const slowScript = 2 * time.Second

var machineProxyScript = suite.Check{
	ID: "machine.proxy-script", Group: "machine", Title: "Proxy script (PAC)", Affects: "everything",
	Behind: []string{"machine.proxy", "discovery.mailbox-url"}, // the script is asked about the hosts that were found
	Limit:  pac.FetchLimit + 2*pac.RunLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		s, err := scriptSetting(e)
		switch {
		case err != nil:
			return suite.Skip("the registry cannot be read: " + err.Error())
		case s.url != "":
			return lookAtScript(ctx, e, s)
		case s.search:
			return searchScript(ctx, e, s)
		}
		return suite.Skip("no proxy script is set, as far as can be seen from here")
	},
}

// scriptAt is where a computer gets its proxy script.
type scriptAt struct {
	url     string
	search  bool     // WPAD
	domains []string // to search in
	from    string   // who says so
}

// scriptSetting is the setting of the computer with Outlook: what a person gave,
// the registry's, or the desktop's.
func scriptSetting(e *suite.Env) (scriptAt, error) {
	if e.PACURL != "" {
		return scriptAt{url: e.PACURL, from: "--pac-url"}, nil
	}
	c, err := e.Outlook()
	if err != nil {
		return scriptAt{}, err
	}
	if c != nil && c.WinINET != nil {
		return scriptAt{url: c.WinINET.PAC, search: c.WinINET.AutoDetect, domains: c.Domains, from: "the proxy setting of the user (WinINET)"}, nil
	}
	var p netmon.Proxy
	if c == nil && e.SystemProxy != nil {
		p = e.SystemProxy()
	}
	return scriptAt{url: p.ScriptURL, search: p.AutoDetect, from: "the proxy setting of this computer"}, nil
}

// searchScript does what Windows does when it is to find a script by itself. That
// there is none is the rule, and no fault.
func searchScript(ctx context.Context, e *suite.Env, s scriptAt) suite.Outcome {
	if len(s.domains) == 0 {
		s.domains = []string{e.Domain}
	}
	for _, candidate := range pac.SearchURLs(s.domains) {
		if addrs, err := e.Path.LookupAddrs(ctx, suite.HostOf(candidate)); err == nil && len(addrs) > 0 {
			s.url, s.from = candidate, s.from+", which searches for a script (WPAD)"
			return lookAtScript(ctx, e, s)
		}
	}
	return suite.Pass("a proxy script is searched for (WPAD), and DNS has none in " + strings.Join(s.domains, ", ") +
		": connections go straight, unless DHCP names one, which cannot be seen from here")
}

// scriptReport is what was seen of a script: troubles first, then the ways.
type scriptReport struct {
	at       scriptAt
	troubles []suite.Outcome
	ways     map[string]string // by host
}

func (r *scriptReport) add(o suite.Outcome) { r.troubles = append(r.troubles, o) }

// trouble notes something that is wrong with the script as a whole. Programs then
// go without it, or wait, so mail may well work.
func (r *scriptReport) trouble(kind, what string) {
	r.add(suite.Warn("the proxy script " + r.at.url + " " + what).
		Saw(signal(suite.PACTrouble, suite.HostOf(r.at.url), "trouble", kind, "what", what, "script", r.at.url)))
}

func lookAtScript(ctx context.Context, e *suite.Env, s scriptAt) suite.Outcome {
	e.Machine(func(m *report.Machine) {
		if m.Proxy == nil {
			m.Proxy = &report.Proxy{Mode: "none"}
		}
		m.Proxy.PAC = s.url
	})
	r := &scriptReport{at: s, ways: map[string]string{}}
	f, err := pac.Fetch(ctx, e.Path, s.url)
	if script := r.fetched(f, err); script != nil {
		r.ask(ctx, e, script)
	}
	out := r.outcome().With("script", s.url).With("set_by", s.from).With("ms", report.MS(f.Took))
	if f.Status != 0 {
		out = out.With("status", f.Status).With("type", f.Type)
	}
	if len(r.ways) > 0 {
		out = out.With("ways", r.ways)
	}
	if env := environmentProxy(); env != "" {
		out = out.With("environment", env)
	}
	return out
}

// fetched judges how the script came, and reads it; nil when there is none.
func (r *scriptReport) fetched(f *pac.Fetched, err error) *pac.Script {
	switch {
	case err != nil:
		r.trouble("unreachable", "cannot be fetched: "+sentence(err))
		return nil
	case f.Status != 200:
		r.trouble("unreachable", fmt.Sprintf("is not there: its server answers %d", f.Status))
		return nil
	}
	script, err := pac.Compile(f.Source)
	if err != nil {
		r.trouble("script", "cannot be used: "+err.Error())
	}
	if f.Took >= slowScript {
		r.trouble("slow", fmt.Sprintf("takes %.1f seconds to arrive, for which each program waits", f.Took.Seconds()))
	}
	if script != nil && !f.RightType() {
		kind := f.Type
		if kind == "" {
			kind = "no type"
		}
		r.trouble("type", "is sent as "+kind+" instead of "+pac.MIMEType+", which browsers take and not every other program does")
	}
	return script
}

// ask asks the script about every host that Outlook needs, and knocks at the
// proxies that it names.
func (r *scriptReport) ask(ctx context.Context, e *suite.Env, script *pac.Script) {
	world := pac.World{Resolve: e.Path.LookupAddrs, Addresses: pac.OwnAddresses}
	var answers []scriptAnswer
	for _, target := range scriptTargets(e) {
		answer, err := script.Find(ctx, world, target)
		var broken *pac.Error
		if errors.As(err, &broken) {
			r.trouble("script", "does not answer for "+target.Hostname()+": "+err.Error())
			return
		}
		if err != nil {
			return // the runner says why
		}
		ways, err := pac.ParseAnswer(answer)
		if err != nil {
			r.trouble("script", fmt.Sprintf("answers for %s what nobody understands: %v", target.Hostname(), err))
			return
		}
		r.ways[target.Hostname()] = wayText(ways)
		i := slices.IndexFunc(answers, func(a scriptAnswer) bool { return slices.Equal(a.ways, ways) })
		if i < 0 {
			answers, i = append(answers, scriptAnswer{ways: ways}), len(answers)
		}
		answers[i].hosts = append(answers[i].hosts, target.Hostname())
	}
	for _, a := range answers {
		r.judgeWays(ctx, e, a)
	}
}

// scriptAnswer is one answer, and the hosts that it was given for.
type scriptAnswer struct {
	ways  []pac.Way
	hosts []string
}

// judgeWays wants the first of the ways to lead somewhere; when none does, Outlook
// cannot connect.
func (r *scriptReport) judgeWays(ctx context.Context, e *suite.Env, a scriptAnswer) {
	dead := make([]error, len(a.ways))
	next := -1
	for i, w := range a.ways {
		if dead[i] = knock(ctx, e, w); dead[i] == nil {
			next = i
			break
		}
	}
	if next == 0 {
		return
	}
	first := a.ways[0]
	what := fmt.Sprintf("sends Outlook to %s by the proxy %s:%s, which does not answer", strings.Join(a.hosts, " and "), first.Host, first.Port)
	sig := signal(suite.PACDeadProxy, first.Host, "what", what, "script", r.at.url, "proxy", first.String(), "for", a.hosts, "error", sentence(dead[0]))
	if next < 0 {
		r.add(suite.Fail("the proxy script " + r.at.url + " " + what).Saw(sig))
		return
	}
	what += "; each program waits for it before it takes the next way, " + a.ways[next].String()
	sig.Detail["what"], sig.Detail["fallback"] = what, a.ways[next].String()
	r.add(suite.Warn("the proxy script " + r.at.url + " " + what).Saw(sig))
}

func (r *scriptReport) outcome() suite.Outcome {
	out := suite.Pass(fmt.Sprintf("the script %s can be used; it sends %s", r.at.url, sends(r.ways)))
	var said []string
	for _, t := range r.troubles {
		if out.Status == report.Pass || t.Status == report.Fail {
			out.Status = t.Status
		}
		if !slices.Contains(said, t.Summary) {
			said = append(said, t.Summary)
		}
		out = out.Saw(t.Signals...)
	}
	if len(said) > 0 {
		out.Summary = strings.Join(said, "; ")
	}
	return out
}

// sends says in a clause which hosts go which way.
func sends(ways map[string]string) string {
	var parts []string
	for _, host := range slices.Sorted(maps.Keys(ways)) {
		parts = append(parts, host+" by "+ways[host])
	}
	return strings.Join(parts, ", ")
}

func wayText(ways []pac.Way) string {
	var out []string
	for _, w := range ways {
		out = append(out, w.String())
	}
	return strings.Join(out, "; ")
}

// knock opens a connection to a proxy and closes it again. Nobody stands in the
// direct way.
func knock(ctx context.Context, e *suite.Env, w pac.Way) error {
	if w.Kind == pac.Direct {
		return nil
	}
	direct := *e.Path
	direct.Proxy = nil
	c, err := direct.DialTCP(ctx, w.Host, w.Port)
	if err == nil {
		c.Close()
	}
	return err
}

// scriptTargets are the URLs that Outlook needs, one for each host.
func scriptTargets(e *suite.Env) []*url.URL {
	var raw []string
	if t := e.KnownTarget(); t != nil {
		raw = append(raw, t.MailboxURL, t.DirectoryURL)
	}
	if a := e.KnownAnswer(); a != nil {
		raw = append(raw, a.FinalURL)
	}
	if len(raw) == 0 {
		raw = proxyTargets(e)
	}
	var out []*url.URL
	for _, r := range raw {
		u, err := url.Parse(r)
		same := func(o *url.URL) bool { return u != nil && o.Host == u.Host }
		if err == nil && u.Host != "" && !slices.ContainsFunc(out, same) {
			out = append(out, u)
		}
	}
	return out
}

// environmentProxy is what programs that go by the environment use, without a password.
func environmentProxy() string {
	for _, name := range []string{"https_proxy", "HTTPS_PROXY"} {
		if u, err := url.Parse(os.Getenv(name)); err == nil && u.Host != "" {
			return u.Redacted()
		}
	}
	return ""
}
