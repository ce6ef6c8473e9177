package autodiscover_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// A root domain that accepts TCP and never speaks holds up its own step alone.
func TestSilentHostDoesNotHideTheOthers(t *testing.T) {
	w := newWorld(t)
	silent := w.listen()
	t.Cleanup(func() { silent.Close() })
	w.record("contoso.test", "contoso.test. 60 IN A 127.0.10.2")
	w.path.ConnectTo["127.0.10.2:443"] = silent.Addr().String()
	w.path.Limits = netpath.Limits{TLS: 300 * time.Millisecond}
	w.host("https://autodiscover.contoso.test", mailServer)
	found := make(chan autodiscover.Step, 9)
	c := w.client()
	c.Found = func(a autodiscover.Attempt) { found <- a.Step }
	r := c.Lookup(t.Context(), address)
	if step := <-found; step != autodiscover.StepAutodiscover || r.Best == nil {
		t.Errorf("found %s, Best %v", step, r.Best)
	}
	a := attemptOf(t, r, autodiscover.StepRoot)
	if netpath.PhaseOf(a.Err) != netpath.PhaseTLS || !netpath.Timeout(a.Err) || a.RemoteAddr != "127.0.10.2:443" || !strings.Contains(a.Err.Error(), "contoso.test") {
		t.Errorf("root: %v at %s", a.Err, a.RemoteAddr)
	}
}

// A search that is called off ends at once and still reports every step.
func TestCanceled(t *testing.T) {
	w := newWorld(t)
	arrived := make(chan struct{})
	w.host("https://autodiscover.contoso.test", func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			close(arrived)
		}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	r := w.client().Lookup(ctx, address)
	for _, a := range r.Attempts {
		if a.Err == nil {
			t.Errorf("%s led somewhere", a.Step)
		}
	}
	if a := attemptOf(t, r, autodiscover.StepAutodiscover); netpath.KindOf(a.Err) != netpath.KindCanceled {
		t.Errorf("the request under way: %v", a.Err)
	}
	if len(r.Attempts) != 5 || r.Best != nil {
		t.Errorf("%d attempts, Best %v", len(r.Attempts), r.Best)
	}
}

// An endless answer is cut off at the bound and is no settings.
func TestEndlessAnswer(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", func(rw http.ResponseWriter, r *http.Request) {
		rw.Write([]byte("<Autodiscover>"))
		for r.Context().Err() == nil {
			if _, err := rw.Write([]byte(strings.Repeat("<a/>", 4096))); err != nil {
				return
			}
		}
	})
	r := w.client().Lookup(t.Context(), address)
	a := attemptOf(t, r, autodiscover.StepAutodiscover)
	if r.Best != nil || netpath.PhaseOf(a.Err) == netpath.PhaseDNS || !strings.Contains(a.Err.Error(), "1 MiB") {
		t.Errorf("%v", a.Err)
	}
}

func TestRefusedConnectionNamesTheAddress(t *testing.T) {
	w := newWorld(t)
	gone := w.listen()
	gone.Close()
	w.record("autodiscover.contoso.test", "autodiscover.contoso.test. 60 IN A 127.0.10.3")
	for _, port := range []string{"80", "443"} {
		w.path.ConnectTo[net.JoinHostPort("127.0.10.3", port)] = gone.Addr().String()
	}
	r := w.client().Lookup(t.Context(), address)
	for step, addr := range map[autodiscover.Step]string{autodiscover.StepAutodiscover: "127.0.10.3:443", autodiscover.StepHTTPRedirect: "127.0.10.3:80", autodiscover.StepJSON: "127.0.10.3:443"} {
		if a := attemptOf(t, r, step); netpath.KindOf(a.Err) != netpath.KindRefused || a.RemoteAddr != addr {
			t.Errorf("%s: %v at %q", step, a.Err, a.RemoteAddr)
		}
	}
}
