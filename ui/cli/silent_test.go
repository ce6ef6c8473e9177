package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// heard is standard error: it calls on once when word is first written, and
// notes when that was.
type heard struct {
	word string
	on   func()

	mu  sync.Mutex
	all bytes.Buffer
	at  time.Time
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at.IsZero() && bytes.Contains(p, []byte(h.word)) {
		h.at = time.Now()
		h.on()
	}
	return h.all.Write(p)
}

// TestSilentHost holds two promises about a host that accepts connections and
// never says a word: a first verdict within 5 s, before which nothing else can
// be known, and the end within --timeout, naming the host.
func TestSilentHost(t *testing.T) {
	t.Parallel()
	const timeout = 20 * time.Second
	var out bytes.Buffer
	log := &heard{word: "so far: ", on: func() {}}
	start := time.Now()
	code := run(context.Background(), []string{"demo", "black-hole", "--headless", "--format", "json", "--timeout", timeout.String()},
		Streams{In: strings.NewReader(""), Out: &out, Err: log})
	took := time.Since(start)

	if code != ExitFailed {
		t.Errorf("exit code %d, want %d", code, ExitFailed)
	}
	if took > timeout+time.Second {
		t.Errorf("the run took %v, longer than --timeout %v", took, timeout)
	}
	if wait := log.at.Sub(start); log.at.IsZero() || wait > 5*time.Second {
		t.Errorf("the first verdict came after %v:\n%s", wait, log.all.String())
	}
	r, err := report.ReadJSON(&out)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.all.String())
	}
	for _, want := range []string{"mail.contoso.test", "TLS handshake"} { // the host and the phase
		if !strings.Contains(r.Verdict.Headline, want) {
			t.Errorf("the verdict does not say %q: %q", want, r.Verdict.Headline)
		}
	}
}

// TestInterruptedRunIsWritten stops a run in the middle, as Ctrl-C does.
func TestInterruptedRunIsWritten(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	file := filepath.Join(t.TempDir(), "report.json")
	log := &heard{word: "dns.", on: interrupt}
	code := run(ctx, []string{"demo", "black-hole", "--headless", "--output", file},
		Streams{In: strings.NewReader(""), Out: io.Discard, Err: log})
	if code != ExitInterrupted {
		t.Errorf("exit code %d, want %d\n%s", code, ExitInterrupted, log.all.String())
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := report.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	if r.Run.Incomplete == "" || len(r.Checks) == 0 {
		t.Errorf("the report does not say that it is incomplete: %+v", r.Run)
	}
}
