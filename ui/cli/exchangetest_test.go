package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
)

// TestCheckFindsTheServer runs "exchangetest --print-env" and a check that
// knows nothing but what it printed, as two terminals would. The password must
// stand in nothing that the check writes.
func TestCheckFindsTheServer(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	ended := make(chan ExitCode)
	go func() {
		ended <- run(ctx, []string{"exchangetest", "--print-env"}, Streams{In: strings.NewReader(""), Out: writer, Err: io.Discard})
		writer.Close()
	}()

	password := ""
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		if !ok {
			t.Fatalf("not a line for a shell: %q", lines.Text())
		}
		value = strings.ReplaceAll(strings.Trim(value, "'"), `'\''`, "'")
		t.Setenv(name, value)
		if name == envPassword {
			password = value
		}
		if name == "MAPISCOPE_REGISTRY_DUMP" { // the last one, as they are sorted
			break
		}
	}

	var out, log bytes.Buffer
	code := run(context.Background(), []string{"check", "alice@contoso.test", "--format", "json", "-v"}, Streams{In: strings.NewReader(""), Out: &out, Err: &log})
	written := out.String() + log.String()
	r, err := report.ReadJSON(&out)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	if code != ExitOK || r.Verdict.Status != report.Pass || !established(r, "mailbox") || !established(r, "directory") {
		t.Errorf("exit code %d, verdict %+v", code, r.Verdict)
	}
	if password == "" || strings.Contains(written, password) {
		t.Errorf("the password %q stands in what was written", password)
	}
	stop()
	if code := <-ended; code != ExitOK {
		t.Errorf("the server that was stopped ended with %d", code)
	}
}

func TestShellQuote(t *testing.T) {
	if got, want := shellQuote(`it's $HOME`), `'it'\''s $HOME'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
