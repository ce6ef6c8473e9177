package window

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// realAgent watches the embedded Exchange and answers on a socket, as "mapiscope
// agent" does, until the test ends.
func realAgent(t *testing.T, server *exchangetest.Server) *localapi.Client {
	t.Helper()
	user := server.User(0)
	m, err := monitor.New(monitor.Config{Options: diag.Options{Address: user.Address, User: user.Login, Password: auth.NewSecret(user.Password), Path: server.Path()}})
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent.sock")
	l, err := localapi.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go m.Run(ctx)
	go func() { served <- localapi.Serve(ctx, l, m, cancel) }()
	client := localapi.NewClient(socket)
	t.Cleanup(func() { client.Close(); cancel(); <-served; <-m.Done() })
	return client
}

// TestGuideThroughTheAgent mends a fault of the embedded Exchange on the page, with
// a real agent on its socket: what it checks, and in which order, is all its own.
func TestGuideThroughTheAgent(t *testing.T) {
	server, err := exchangetest.Start(exchangetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	fault := exchangetest.Fault{Name: "server-mapihttp-disabled"}
	if err := server.Set(fault); err != nil {
		t.Fatal(err)
	}
	client := realAgent(t, server)
	w := open(t, State{}, Options{Tab: "guide", Language: "en", Agent: client})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go w.Follow(ctx)
	g := guideOf(w)
	until := func(what string, reached func() bool) {
		t.Helper()
		for limit := time.After(60 * time.Second); !reached(); {
			select {
			case f := <-queues[w]:
				f()
			case <-limit:
				t.Fatalf("%s: not reached; the page says\n%s", what, w.page())
			}
		}
	}
	until("the agent", func() bool { return w.state.Snapshot != nil && w.state.checking() == nil })
	w.checkNow()
	until("the first report", func() bool { return w.state.Report != nil && whole(w.state.Report) && w.state.checking() == nil })
	g.role.SetSelectedIndex(2)
	g.begin()
	g.answer("others")
	for g.session.Step().Look {
		g.answer(guide.ChoiceNext)
	}
	if step := g.session.Step(); step.Command != "Set-OrganizationConfig -MapiHttpEnabled $true" {
		t.Fatalf("%+v", step)
	}
	server.Clear(fault.Name)
	g.answer(guide.ChoiceDone)
	until("the end", func() bool { return g.session.Step().Kind == guide.Done })
	if end := g.session.Step().Ending; end.Outcome != guide.Working || len(end.Deeds) == 0 || end.Deeds[len(end.Deeds)-1].Result != guide.Mended || !end.Changed {
		t.Errorf("%+v\n%s", end, w.page())
	}
}
