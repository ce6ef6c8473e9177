package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

func TestScreen(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"one\r\ntwo", "one\ntwo\n"},
		{"checking\r\x1b[Kdone", "done\n"},
		{"a\r\nb\r\nc\x1b[2A\r\x1b[Jnew", "new\n"},
		{"12345678", "12345\n678\n"},
		{"1\r\n2\r\n3\r\n4", "2\n3\n4\n"},
		{"\x1b[31mred\x1b[0m", "red\n"},
		{"cut\x1b[", "cut\n"},
	} {
		s := newScreen(5, 3)
		if strings.Contains(c.text, "checking") {
			s.width = 20
		}
		s.write(c.text)
		if got := s.text(); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	s := newScreen(9, 3)
	s.write("a\x1b[1mb\x1b[0mc<")
	if got := drawLine(s.lines[0]); got != `a<tspan class="bold">b</tspan>c&lt;` {
		t.Error(got)
	}
}

// TestRecordingIsOfThisProgram records again, and wants the frames that docs holds:
// whoever changes what the guide says runs make recording.
func TestRecordingIsOfThisProgram(t *testing.T) {
	r := record(command, keys)
	if r.left() > 0 || r.code != 0 {
		t.Fatalf("exit code %d, %d keys left:\n%s", r.code, r.left(), r.screen.text())
	}
	if len(r.frames) != len(keys)+1 {
		t.Fatalf("%d frames", len(r.frames))
	}
	kept := replay(t, "../../../docs/guide.cast")
	for _, want := range []string{" Now everything is checked once more", "Before and after", "? Can you sign in", "? Do others", "? Does Outlook work", "WORKING"} {
		if a, b := strings.Count(kept, want), strings.Count(r.said(), want); a == 0 || a != b {
			t.Errorf("the recording in docs says %q %d times, the program %d times: make recording", want, a, b)
		}
	}
	svg, err := os.ReadFile("../../../docs/guide.svg")
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n := bytes.Count(svg, []byte(`<g class="f"`)); n != len(r.frames) {
		t.Errorf("the picture in docs has %d frames, the recording %d: make recording", n, len(r.frames))
	}
}

// said is all that was shown.
func (r *recorder) said() string {
	var out strings.Builder
	for _, e := range r.events {
		out.WriteString(e.data)
	}
	return out.String()
}

// replay reads a cast; its times only grow.
func replay(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() || !strings.Contains(lines.Text(), `"version":2`) {
		t.Fatal("no header")
	}
	var said strings.Builder
	last := 0.0
	for lines.Scan() {
		var e [3]any
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		at, _ := e[0].(float64)
		if at < last {
			t.Errorf("time goes back from %v to %v", last, at)
		}
		last = at
		data, _ := e[2].(string)
		said.WriteString(data)
	}
	return said.String()
}
