package window

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// soon fails the test when nothing arrives on c.
func soon[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: nothing happens", what)
		panic("unreachable")
	}
}

// TestFollow goes through an agent's life: its states, a new report, its end and
// its return.
func TestFollow(t *testing.T) {
	r := readSample(t, "healthy")
	s := sampleState(r, monitor.StateConnected)
	agent := newScriptedAgent(s)
	ctx, cancel := context.WithCancel(t.Context())
	shown := make(chan State)
	var state State
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		follow(ctx, agent, func(change func(*State)) {
			change(&state)
			select {
			case shown <- state:
			case <-ctx.Done():
			}
		})
	}()
	first := soon(t, "the first snapshot", shown)
	if first.Snapshot.Seq != 1 || first.Report == nil || first.Report.Run.ID != r.Run.ID || first.Gone != "" {
		t.Fatalf("%+v", first)
	}
	next := *s.Snapshot
	next.Seq, next.State = 2, monitor.StateOffline
	agent.cell.Set(&next)
	if got := soon(t, "the second snapshot", shown); got.Snapshot.Seq != 2 || got.Report != first.Report {
		t.Errorf("%+v: the report was fetched again though it is the same", got)
	}
	close(agent.gone)
	if got := soon(t, "the end of the agent", shown); got.Gone == "" || got.Snapshot.Seq != 2 || got.status() != report.Unknown {
		t.Errorf("%+v", got)
	}
	cancel()
	soon(t, "the end", ended)
}

func TestAReportOfAnotherAccountGoes(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	other := *s.Snapshot
	other.Account.Address = "bob@contoso.test"
	s.take(&other, nil)
	if s.Report != nil {
		t.Error("the report of alice is shown for bob")
	}
}

// TestTheAgentIsGone: the banner says so and starts it; what cannot be done is off.
func TestTheAgentIsGone(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	started := make(chan string, 1)
	w := open(t, s, Options{Tab: "overview", StartAgent: func(_ context.Context, password string) error {
		started <- password
		return errors.New("no password was found")
	}})
	if w.banner.box.Visible() {
		t.Error("a banner, though the agent is there")
	}
	s.Gone = goneWords(localapi.ErrNoAgent)
	w.Show(s)
	settle(w.win)
	if said := reading(w.banner.box, w.win.Canvas().Size()); !strings.Contains(said, "No agent is running") || !strings.Contains(said, "Start the agent") {
		t.Error(said)
	}
	o := w.pages[0].tab.(*overview)
	if !o.check.Disabled() || !o.save.Disabled() || !o.pause.Disabled() {
		t.Error("something can be asked of an agent that is not there")
	}
	if said := w.page(); !strings.Contains(said, "not known") || strings.Contains(said, "mail can flow") {
		t.Error("what was true before is still said:\n" + said)
	}
	test.Tap(w.banner.start)
	if got := await(t, w, "the start", started); got != "" {
		t.Errorf("started with the password %q", got)
	}
	next(t, w, "the failure")
	if said := reading(w.banner.box, w.win.Canvas().Size()); !strings.Contains(said, "no password was found") {
		t.Error(said)
	}
}

func TestOrdersReachTheAgent(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	agent := newScriptedAgent(s)
	ordered := make(chan struct{}, 4)
	agent.told = ordered
	w := open(t, s, Options{Tab: "overview", Agent: agent})
	o := w.pages[0].tab.(*overview)
	test.Tap(o.check)
	await(t, w, "check", ordered)
	test.Tap(o.pause)
	await(t, w, "pause", ordered)
	paused := *s.Snapshot
	paused.State = monitor.StatePaused
	s.Snapshot = &paused
	w.Show(s)
	if o.pause.Text != "Resume" {
		t.Errorf("the button says %q", o.pause.Text)
	}
	test.Tap(o.pause)
	await(t, w, "resume", ordered)
	if got := strings.Join(agent.all(), " "); got != "check pause resume" {
		t.Error(got)
	}
}

// TestProgress: a run that goes on is followed, and cannot be started twice.
func TestProgress(t *testing.T) {
	s := sampleState(readSample(t, "certificate"), monitor.StateConnected)
	running := *s.Snapshot
	running.Check = &monitor.CheckRun{Done: 17, Total: 48, Verdict: &s.Report.Verdict, Checks: []monitor.CheckRow{
		{ID: "dns.domain", Group: "dns", Title: "Mail domain", Status: report.Pass},
		{ID: "tls.mailbox", Group: "tls", Title: "Certificate of the mailbox server"}}}
	s.Snapshot = &running
	w := open(t, s, Options{Tab: "overview"})
	settle(w.win)
	said := w.page()
	for _, want := range []string{"17 of 48", "Certificate of the mailbox server", "So far: The certificate of mail.contoso.test is not valid"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	if !w.pages[0].tab.(*overview).check.Disabled() {
		t.Error("a second run can be asked for")
	}
	w.openKey("checks")
	if said := w.page(); !strings.Contains(said, "not run") {
		t.Error("a check that has not run is not told apart:\n" + said)
	}
}

// TestFirstStart goes through the assistant with the keyboard alone.
func TestFirstStart(t *testing.T) {
	s := State{Now: time.Now(), Snapshot: &monitor.Snapshot{State: monitor.StateNoAccount}}
	agent := newScriptedAgent(s)
	kept := &keptSettings{noKeyring: true}
	started := make(chan string, 1)
	w := open(t, s, Options{Agent: agent, Settings: kept, StartAgent: func(_ context.Context, password string) error {
		started <- password
		return nil
	}})
	c := w.win.Canvas()
	if w.first == nil || c.Focused() != w.first.address {
		t.Fatal("the assistant does not wait for the address")
	}
	enter := &fyne.KeyEvent{Name: fyne.KeyReturn}
	test.Type(w.first.address, "broken")
	w.first.address.TypedKey(enter)
	if w.first.step != 0 || !strings.Contains(w.page(), "is not an e-mail address") {
		t.Error("a broken address is taken: " + w.page())
	}
	w.first.address.SetText("")
	test.Type(w.first.address, "alice@contoso.test")
	w.first.address.TypedKey(enter)
	if w.first.step != 1 || c.Focused() != w.first.password {
		t.Fatal("step 2 does not wait for the password")
	}
	w.first.password.TypedKey(enter)
	if !strings.Contains(w.page(), "Without a password") {
		t.Error(w.page())
	}
	test.Type(w.first.password, "secret")
	close(agent.gone) // the agent ends when it is asked to
	w.first.password.TypedKey(enter)
	if got := await(t, w, "the new agent", started); got != "secret" {
		t.Errorf("without a keyring the agent gets the password %q", got)
	}
	if kept.saved.Address != "alice@contoso.test" || w.first.password.Text != "" {
		t.Errorf("%+v, and the password field holds %q", kept.saved, w.first.password.Text)
	}
	done := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	w.Show(done)
	settle(w.win)
	if said := w.page(); !strings.Contains(said, "mail can flow") || c.Focused() != w.first.next {
		t.Error("the first check does not end with its verdict:\n" + said)
	}
	w.first.next.TypedKey(enter)
	if w.first != nil || w.pages[w.shown].key != "overview" {
		t.Error("the assistant does not close")
	}
}

func TestSettings(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	agent := newScriptedAgent(s)
	kept := &keptSettings{saved: Settings{Address: "alice@contoso.test"}}
	started := make(chan string, 1)
	w := open(t, s, Options{Tab: "settings", Agent: agent, Settings: kept, StartAgent: func(_ context.Context, password string) error {
		started <- password
		return nil
	}})
	p := w.pages[w.shown].tab.(*settings)
	p.redact.set("strict")
	test.Tap(p.save)
	if kept.saved.Redact != "strict" || len(agent.all()) != 0 {
		t.Errorf("%+v, and the agent was told %v", kept.saved, agent.all())
	}
	p.address.SetText("broken")
	test.Tap(p.save)
	if kept.saved.Address != "alice@contoso.test" || !strings.Contains(w.state.Problem, "not an e-mail address") {
		t.Errorf("%+v, %q", kept.saved, w.state.Problem)
	}
	p.address.SetText("bob@contoso.test")
	p.password.SetText("secret")
	close(agent.gone)
	test.Tap(p.save)
	if got := await(t, w, "a new agent", started); got != "" || kept.passwords["bob@contoso.test"] != "secret" {
		t.Errorf("the agent got %q, the keyring %v", got, kept.passwords)
	}
	next(t, w, "the end of the order")
	if w.state.Problem != "" || p.password.Text != "" {
		t.Errorf("%q, %q", w.state.Problem, p.password.Text)
	}
}

func TestSizeAndTabAreRemembered(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	file := filepath.Join(t.TempDir(), "mapiscope", "window.json")
	w := open(t, s, Options{StateFile: file})
	if w.StartSize() != fyne.NewSize(firstWidth, firstHeight) || w.pages[w.shown].key != "overview" {
		t.Errorf("the first time: %v, %s", w.StartSize(), w.pages[w.shown].key)
	}
	w.openKey("requests")
	w.win.Resize(fyne.NewSize(900, 600))
	w.Remember()
	again := New(t.Context(), w.app, test.NewTempWindow(t, nil), w.o)
	if again.StartSize() != fyne.NewSize(900, 600) || again.pages[again.shown].key != "requests" {
		t.Errorf("the next time: %v, %s", again.StartSize(), again.pages[again.shown].key)
	}
}

func TestWhatIsRememberedMayBeBroken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "window.json")
	first := remembered{Width: firstWidth, Height: firstHeight}
	for content, want := range map[string]remembered{"": first, "{": first, "[]": first, `{"tab":1}`: first,
		`{"tab":"web","width":1,"height":1e30}`: {Tab: "web", Width: leastWidth, Height: mostHeight}} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := readRemembered(file); got != want {
			t.Errorf("%s: %+v", content, got)
		}
	}
}

func TestRequestsAreSearched(t *testing.T) {
	r := readSample(t, "healthy")
	id := r.Exchanges[7].ServerRequestID
	w := open(t, sampleState(r, monitor.StateConnected), Options{Tab: "requests"})
	page := w.pages[w.shown].tab.(*requests)
	w.search()
	if w.win.Canvas().Focused() != page.search {
		t.Error("Ctrl+F does not lead into the search")
	}
	test.Type(page.search, strings.ToUpper(id))
	if len(page.shown) != 1 || page.shown[0].ServerRequestID != id {
		t.Fatalf("%d requests have the id %s", len(page.shown), id)
	}
	page.table.list.Select(0)
	if said := w.page(); !strings.Contains(said, id) {
		t.Error(said)
	}
	if copied := copiedExchange(page.shown[0]); !strings.Contains(copied, "request-id: "+id) {
		t.Error(copied)
	}
}

func TestOnlySafeURLsAreOpened(t *testing.T) {
	for u, want := range map[string]string{"https://mail.contoso.test/mapi/": "https://mail.contoso.test/mapi/",
		"http://mail.contoso.test/": "", "file:///etc/passwd": "", "https://": "", "javascript:alert(1)": "", "%": ""} {
		if got := safeURL(u); got != want {
			t.Errorf("%s: %q", u, got)
		}
	}
}
