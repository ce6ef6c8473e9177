package suite

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

func check(id string, run func(context.Context, *Env) Outcome, after ...string) Check {
	group, _, _ := strings.Cut(id, ".")
	return Check{ID: id, Group: group, Title: "Title of " + id, Affects: "everything", After: after, Run: run}
}

func passes(context.Context, *Env) Outcome { return Pass("fine") }
func fails(context.Context, *Env) Outcome  { return Fail("broken") }

// after waits in fake time, or ends with its context.
func after(d time.Duration, o Outcome) func(context.Context, *Env) Outcome {
	return func(ctx context.Context, _ *Env) Outcome {
		select {
		case <-time.After(d):
			return o
		case <-ctx.Done():
			return Outcome{}
		}
	}
}

func row(t *testing.T, r *Result, id string) report.Check {
	t.Helper()
	i := slices.IndexFunc(r.Checks, func(c report.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no row for %s", id)
	}
	return r.Checks[i]
}

func TestIndependentChecksRunAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := []Check{
			check("dns.a", after(3*time.Second, Pass("a"))),
			check("dns.b", after(4*time.Second, Pass("b"))),
			check("tls.c", after(time.Second, Pass("c")), "dns.a"),
		}
		start := time.Now()
		res := Run(t.Context(), nil, list, Options{})
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("took %s, want the longest path, 4s", took)
		}
		if got := *row(t, res, "tls.c").Started; got != 3000 {
			t.Errorf("tls.c started at %v ms, want 3000: right after what it stands on", got)
		}
	})
}

func TestDependentsOfAFailureAreSkippedWithTheReason(t *testing.T) {
	list := []Check{
		check("dns.a", fails),
		check("network.b", passes, "dns.a"),
		check("tls.c", passes, "network.b"),
		check("web.d", passes),
	}
	list[3].Behind = []string{"tls.c"}
	res := Run(t.Context(), nil, list, Options{})
	b, c := row(t, res, "network.b"), row(t, res, "tls.c")
	if b.Status != report.Skip || !strings.Contains(b.SkippedBecause, "dns.a") || !strings.Contains(b.SkippedBecause, "failed") {
		t.Errorf("network.b = %s %q", b.Status, b.SkippedBecause)
	}
	if c.Status != report.Skip || !strings.Contains(c.SkippedBecause, "network.b") {
		t.Errorf("tls.c = %s %q", c.Status, c.SkippedBecause)
	}
	if b.Started != nil {
		t.Error("a check that did not run has a start")
	}
	if d := row(t, res, "web.d"); d.Status != report.Pass {
		t.Errorf("web.d = %s: Behind must wait, not depend on the outcome", d.Status)
	}
}

func TestAFailureBesideAnotherIsItsConsequence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := []Check{
			check("tls.a", after(4*time.Second, Fail("no handshake"))),
			check("mapi.b", after(time.Second, Fail("no handshake").With("url", "x"))),
			check("mapi.c", after(time.Second, Pass("works"))),
			check("mapi.d", passes, "mapi.b"),
		}
		list[1].Beside, list[2].Beside = []string{"tls.a"}, []string{"tls.a"}
		start := time.Now()
		res := Run(t.Context(), nil, list, Options{})
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("took %s, want 4s: they run at the same time", took)
		}
		b, c, d := row(t, res, "mapi.b"), row(t, res, "mapi.c"), row(t, res, "mapi.d")
		if b.Status != report.Skip || !strings.Contains(b.SkippedBecause, "tls.a") || b.Evidence["url"] != "x" || *b.Duration != 1000 {
			t.Errorf("mapi.b = %+v", b)
		}
		if c.Status != report.Pass {
			t.Errorf("mapi.c = %s: what works is no consequence", c.Status)
		}
		if d.Status != report.Skip || !strings.Contains(d.SkippedBecause, "mapi.b") {
			t.Errorf("mapi.d = %+v", d)
		}
		hangs := after(time.Hour, Pass("never"))
		list[0].Run, list[1].Run, list[1].Limit = fails, hangs, 2*time.Hour
		start = time.Now()
		if b := row(t, Run(t.Context(), nil, list, Options{}), "mapi.b"); b.Status != report.Skip || time.Since(start) != besideGrace {
			t.Errorf("mapi.b = %+v after %s: it must be given up soon after tls.a failed", b, time.Since(start))
		}
		list[0].Run, list[1].Run = passes, after(time.Second, Fail("broken"))
		if b := row(t, Run(t.Context(), nil, list, Options{}), "mapi.b"); b.Status != report.Fail {
			t.Errorf("mapi.b = %s: a failure of its own must stay one", b.Status)
		}
	})
}

func TestAPanicIsOurFinding(t *testing.T) {
	list := []Check{
		check("dns.a", func(context.Context, *Env) Outcome { panic("boom") }),
		check("dns.b", passes),
		check("dns.c", func(context.Context, *Env) Outcome { return Outcome{Summary: "forgot the status"} }),
	}
	res := Run(t.Context(), nil, list, Options{})
	for _, id := range []string{"dns.a", "dns.c"} {
		if r := row(t, res, id); r.Status != report.Skip || len(r.Signals) != 1 || r.Signals[0].Code != ProgramFault {
			t.Errorf("%s = %s %+v", id, r.Status, r.Signals)
		}
	}
	if r := row(t, res, "dns.b"); r.Status != report.Pass {
		t.Errorf("dns.b = %s", r.Status)
	}
}

func TestLimits(t *testing.T) {
	deaf := func(context.Context, *Env) Outcome { time.Sleep(time.Hour); return Pass("late") } // ignores its context
	synctest.Test(t, func(t *testing.T) {
		list := []Check{
			check("dns.slow", after(time.Hour, Pass("never"))),
			check("dns.deaf", deaf),
			check("tls.long", after(40*time.Second, Pass("never"))),
			check("web.behind", passes, "tls.long"),
			check("dns.quick", passes),
		}
		list[0].Limit, list[1].Limit, list[2].Limit = 2*time.Second, 2*time.Second, time.Minute
		start := time.Now()
		res := Run(t.Context(), nil, list, Options{Timeout: 10 * time.Second})
		if took := time.Since(start); took > 10*time.Second+stopGrace {
			t.Errorf("took %s, limit 10s", took)
		}
		for _, id := range []string{"dns.slow", "dns.deaf"} {
			if r := row(t, res, id); r.Status != report.Fail || !strings.Contains(r.Summary, "2s") {
				t.Errorf("%s = %s %q", id, r.Status, r.Summary)
			}
		}
		for _, id := range []string{"tls.long", "web.behind"} {
			if r := row(t, res, id); r.Status != report.Skip || r.SkippedBecause != ErrRunLimit.Error() {
				t.Errorf("%s = %s %q", id, r.Status, r.SkippedBecause)
			}
		}
		if r := row(t, res, "dns.quick"); r.Status != report.Pass || !res.TimedOut || res.Incomplete == "" {
			t.Errorf("quick = %s, timed out %v, incomplete %q", r.Status, res.TimedOut, res.Incomplete)
		}
		time.Sleep(2 * time.Hour) // let the deaf one leave the bubble
	})
}

func TestInterruptKeepsWhatWasFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		list := []Check{
			check("dns.a", after(time.Second, Pass("a"))),
			check("dns.b", after(time.Hour, Pass("b"))),
			check("dns.c", func(ctx context.Context, _ *Env) Outcome {
				<-ctx.Done()
				return Fail("looks like a failure").With("seen", 1)
			}),
		}
		list[1].Limit, list[2].Limit = 2*time.Hour, 2*time.Hour
		time.AfterFunc(2*time.Second, cancel)
		res := Run(ctx, nil, list, Options{Timeout: time.Hour})
		if r := row(t, res, "dns.a"); r.Status != report.Pass {
			t.Errorf("dns.a = %s", r.Status)
		}
		if r := row(t, res, "dns.b"); r.Status != report.Skip {
			t.Errorf("dns.b = %s", r.Status)
		}
		if r := row(t, res, "dns.c"); r.Status != report.Skip || r.Evidence["so_far"] != "looks like a failure" || r.Evidence["seen"] != 1 {
			t.Errorf("dns.c = %s %v: the cut must not be blamed on the server", r.Status, r.Evidence)
		}
		if res.TimedOut || res.Incomplete != ErrInterrupted.Error() {
			t.Errorf("timed out %v, incomplete %q", res.TimedOut, res.Incomplete)
		}
	})
}

func TestSelection(t *testing.T) {
	list := []Check{
		check("dns.a", passes), check("network.b", passes, "dns.a"), check("tls.c", passes, "network.b"), check("web.d", passes, "dns.a"),
	}
	status := func(res *Result) (out string) {
		for _, c := range res.Checks {
			out += string(c.Status[0])
		}
		return out
	}
	cases := []struct {
		name string
		sel  Selection
		want string
	}{
		{"all", Selection{}, "pppp"},
		{"only a check brings what it stands on", Selection{Only: []string{"network.b"}}, "ppss"},
		{"only a group", Selection{Only: []string{"web"}}, "pssp"},
		{"a check left out does not stop those behind it", Selection{Skip: []string{"network"}}, "pspp"},
		{"both", Selection{Only: []string{"tls"}, Skip: []string{"dns.a"}}, "spps"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := Run(t.Context(), nil, list, Options{Selection: c.sel})
			if got := status(res); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	list[0].Run = fails
	res := Run(t.Context(), nil, list, Options{Selection: Selection{Skip: []string{"network.b"}}})
	if r := row(t, res, "tls.c"); r.Status != report.Skip || !strings.Contains(r.SkippedBecause, "dns.a") {
		t.Errorf("tls.c = %s %q: what a left-out check stands on still counts", r.Status, r.SkippedBecause)
	}
}

func TestUnknownSelection(t *testing.T) {
	list := []Check{check("tls.mailbox", passes)}
	err := Selection{Only: []string{"tls.mailbx"}}.Validate(list)
	var unknown *UnknownCheckError
	if !errors.As(err, &unknown) || unknown.Nearest != "tls.mailbox" {
		t.Errorf("got %v", err)
	}
	if err := (Selection{Skip: []string{"xyzzyplugh"}}).Validate(list); !errors.As(err, &unknown) || unknown.Nearest != "" {
		t.Errorf("got %v", err)
	}
	if err := (Selection{Only: []string{"tls", "tls.mailbox", "dns"}}).Validate(list); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	var log []string
	list := []Check{check("dns.a", fails), check("tls.b", passes, "dns.a")}
	judged := 0
	Run(t.Context(), nil, list, Options{
		Progress: func(ev Event) {
			switch ev.Kind {
			case EventVerdict:
				log = append(log, "verdict "+ev.Verdict.Headline)
			default:
				log = append(log, string(ev.Kind)+" "+ev.Check.ID+" "+string(ev.Check.Status))
			}
			if ev.Kind == EventFinished && ev.Check.ID == "tls.b" && (ev.Done != 2 || ev.Total != 2) {
				t.Errorf("last: %d of %d", ev.Done, ev.Total)
			}
		},
		Judge: func(rows []report.Check) *report.Verdict {
			judged++
			return &report.Verdict{Status: report.Fail, Headline: "dns"}
		},
	})
	want := []string{"started dns.a ", "finished dns.a fail", "verdict dns", "finished tls.b skip"}
	if !slices.Equal(log, want) || judged != 1 {
		t.Errorf("got %q (judged %d), want %q", log, judged, want)
	}
}

func TestMemoWorksOnceAndOutlivesItsFirstCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var memo Memo[int]
		var runs atomic.Int32
		work := func(context.Context) (int, error) {
			runs.Add(1)
			time.Sleep(3 * time.Second)
			return 42, nil
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := memo.Get(short, t.Context(), work); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the first caller got %v, want its own deadline", err)
		}
		v, err := memo.Get(t.Context(), t.Context(), work)
		if v != 42 || err != nil || runs.Load() != 1 {
			t.Errorf("got %d, %v after %d runs", v, err, runs.Load())
		}
	})
}

func TestMemoTurnsAPanicIntoAnError(t *testing.T) {
	var memo Memo[int]
	_, err := memo.Get(t.Context(), t.Context(), func(context.Context) (int, error) { panic("boom") })
	if err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("got %v", err)
	}
}

func TestSound(t *testing.T) {
	good := []Check{check("dns.a", passes), check("tls.b", passes, "dns.a")}
	if err := Sound(good); err != nil {
		t.Fatal(err)
	}
	circle := []Check{check("dns.a", passes, "tls.b"), check("tls.b", passes, "dns.a")}
	bad := map[string][]Check{
		"itself":   circle,
		"not in":   {check("dns.a", passes, "dns.z")},
		"twice":    {check("dns.a", passes), check("dns.a", passes)},
		"kebab":    {check("dns.A b", passes)},
		"no group": {check("weather.a", passes)},
		"lacks":    {{ID: "dns.a", Group: "dns"}},
	}
	for want, list := range bad {
		if err := Sound(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
