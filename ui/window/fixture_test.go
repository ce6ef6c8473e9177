package window

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// readSample reads a report that the product wrote: of the embedded Exchange when
// all is well, and when its certificate lacks a name.
func readSample(t testing.TB, name string) *report.Report {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := report.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// noon is when the samples are looked at.
func noon(r *report.Report) time.Time { return r.Run.Started.Add(2 * time.Minute) }

// sampleState is r with the agent that would have made it.
func sampleState(r *report.Report, s monitor.State) State {
	now := noon(r)
	ms := func(f float64) *report.Milliseconds { m := report.Milliseconds(f); return &m }
	at := func(before time.Duration) report.Time { return report.At(now.Add(-before)) }
	ended := at(3*time.Hour - 40*time.Second)
	slept := at(8 * time.Hour)
	snap := &monitor.Snapshot{Schema: monitor.SnapshotSchema, Seq: 1, At: report.At(now), Account: r.Account, State: s,
		Since: at(17 * time.Minute), Status: report.Pass, Headline: "Connected: mail can flow.",
		Outages: []report.Outage{
			{Cause: "network-change", Started: at(3 * time.Hour), Ended: &ended, Duration: ms(40000), Outcome: "resumed", Resume: ms(212)},
			{Cause: "sleep", Started: at(11 * time.Hour), Ended: &slept, Duration: ms(3 * 3600 * 1000), Outcome: "reestablished", Resume: ms(480)},
		},
		LastReport: &monitor.LastReport{ID: r.Run.ID, Verdict: r.Verdict, Trigger: r.Run.Trigger},
	}
	for _, c := range r.Connections {
		if c.Protocol == "HTTP" && s == monitor.StateConnected {
			snap.Connections = append(snap.Connections, c)
		}
	}
	if s == monitor.StateLost {
		snap.Status, snap.Headline, snap.Cause = report.Fail, r.Verdict.Headline, r.Verdict.Cause
	}
	return State{Now: now, Snapshot: snap, Report: r}
}

// scriptedAgent is an agent whose snapshots the test sets.
type scriptedAgent struct {
	mu     sync.Mutex
	cell   *monitor.Cell[*monitor.Snapshot]
	report *report.Report
	orders []string
	gone   chan struct{}
	told   chan struct{}
}

func newScriptedAgent(s State) *scriptedAgent {
	return &scriptedAgent{cell: monitor.NewCell(s.Snapshot), report: s.Report, gone: make(chan struct{})}
}

func (a *scriptedAgent) Snapshots(ctx context.Context) iter.Seq2[*monitor.Snapshot, error] {
	return func(yield func(*monitor.Snapshot, error) bool) {
		for {
			s, changed := a.cell.Get()
			if !yield(s, nil) {
				return
			}
			select {
			case <-changed:
			case <-a.gone:
				yield(nil, localapi.ErrNoAgent)
				return
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
		}
	}
}

func (a *scriptedAgent) Report(context.Context, localapi.ReportRequest) ([]byte, error) {
	if a.report == nil {
		return nil, &localapi.Refusal{Status: 404, Sentence: "no checks have been run"}
	}
	return json.Marshal(a.report)
}

func (a *scriptedAgent) order(what string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.orders = append(a.orders, what)
	if a.told != nil {
		a.told <- struct{}{}
	}
	return nil
}

func (a *scriptedAgent) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.orders...)
}

func (a *scriptedAgent) Check(_ context.Context, q localapi.CheckRequest) error {
	return a.order(strings.Join(append([]string{"check"}, q.Only...), " "))
}
func (a *scriptedAgent) Pause(context.Context) error  { return a.order("pause") }
func (a *scriptedAgent) Resume(context.Context) error { return a.order("resume") }
func (a *scriptedAgent) Quit(context.Context) error   { return a.order("quit") }

// stubbornAgent runs no checks while it refuses.
type stubbornAgent struct {
	*scriptedAgent
	refuse bool
}

func (a *stubbornAgent) Check(ctx context.Context, q localapi.CheckRequest) error {
	if a.refuse {
		return &localapi.Refusal{Status: 409, Sentence: "checks are running", Hint: "wait for them"}
	}
	return a.scriptedAgent.Check(ctx, q)
}

// keptSettings is a store in memory.
type keptSettings struct {
	saved     Settings
	passwords map[string]string
	noKeyring bool
	tickets   bool
}

func (k *keptSettings) Load() (Settings, error) { return k.saved, nil }
func (k *keptSettings) Save(s Settings) error {
	if s.Address == "broken" {
		return errors.New(`"broken" is not an e-mail address: it has no domain`)
	}
	k.saved = s
	return nil
}
func (k *keptSettings) SavePassword(_ context.Context, user, password string) error {
	if k.noKeyring {
		return errors.New("there is no keyring")
	}
	if k.passwords == nil {
		k.passwords = map[string]string{}
	}
	k.passwords[user] = password
	return nil
}
func (k *keptSettings) CurrentUser() bool { return k.tickets }
func (k *keptSettings) File() string      { return "~/.config/mapiscope/config.yaml" }
func (k *keptSettings) Schemes() []string {
	return []string{"auto", "negotiate", "ntlm", "basic", "none"}
}
func (k *keptSettings) Autostart() (bool, bool) { return true, true }
func (k *keptSettings) SetAutostart(bool) error { return nil }

// queues hold what each window has been asked to do on the toolkit's goroutine,
// which is the test's own.
var queues = map[*Window]chan func(){}

// await does what is asked of the window until something arrives on c.
func await[T any](t *testing.T, w *Window, what string, c <-chan T) T {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case v := <-c:
			return v
		case f := <-queues[w]:
			select {
			case v := <-c: // both were there: f belongs to what comes next
				queues[w] <- f
				return v
			default:
			}
			f()
		case <-limit:
			t.Fatalf("%s: nothing happens", what)
		}
	}
}

// next does the next thing that is asked of the window.
func next(t *testing.T, w *Window, what string) {
	t.Helper()
	soon(t, what, queues[w])()
}

// open makes a window in the test driver, without a display.
func open(t *testing.T, s State, o Options) *Window {
	t.Helper()
	app := test.NewTempApp(t)
	if o.Language == "" {
		o.Language = "en"
	}
	if o.Theme == "" {
		o.Theme = "light"
	}
	if err := setLanguage(o.Language); err != nil {
		t.Fatal(err)
	}
	app.Settings().SetTheme(newLook(o.Theme))
	if o.Settings == nil {
		o.Settings = &keptSettings{saved: Settings{Address: "alice@contoso.test", User: `CONTOSO\alice`}}
	}
	if o.Agent == nil {
		o.Agent = newScriptedAgent(s)
	}
	win := test.NewTempWindow(t, nil)
	win.SetPadded(false)
	w := New(t.Context(), app, win, o)
	queue := make(chan func(), 64)
	w.do = func(f func()) { queue <- f }
	queues[w] = queue
	t.Cleanup(func() { delete(queues, w) })
	win.Resize(fyne.NewSize(1080, 720))
	w.Show(s)
	return w
}
