package mapihttp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func parse(r io.Reader, l Limits) (*inner, error) {
	return readInner(r, l.withDefaults(), func(n string) Tag { return Tag{Name: n} })
}

func names(in *inner) string {
	var out []string
	for _, t := range in.tags {
		out = append(out, t.Name)
	}
	return strings.Join(out, " ")
}

// answers are inner streams that are right, each with what they hold.
var answers = []struct {
	name, stream, tags, elapsed, body string
}{
	{"plain", "PROCESSING\r\nDONE\r\nX-ElapsedTime: 12\r\nX-StartTime: x\r\n\r\n\x00\x00\x00\x00", "PROCESSING DONE", "12", "\x00\x00\x00\x00"},
	{"pending", "PROCESSING\r\nPENDING\r\nPENDING\r\nDONE\r\n\r\nbody", "PROCESSING PENDING PENDING DONE", "", "body"},
	{"glued tags and PROCESSING twice", "PROCESSING\r\nPENDINGPENDINGPROCESSING\r\nDONE\r\nX-ElapsedTime: 1\r\n\r\nb", "PROCESSING PENDING PENDING PROCESSING DONE", "1", "b"},
	{"no tags", "<html>proxy</html>", "", "", "<html>proxy</html>"},
	{"no tags, beginning like one", "PENDULUM", "", "", "PENDULUM"},
	{"empty", "", "", "", ""},
	{"tags and no body (ping)", "PROCESSING\r\nDONE\r\nX-ElapsedTime: 3\r\n\r\n", "PROCESSING DONE", "3", ""},
	{"ends after DONE", "PROCESSING\r\nDONE\r\n", "PROCESSING DONE", "", ""},
	{"bare line feeds", "PROCESSING\nDONE\nX-ElapsedTime: 4\n\nz", "PROCESSING DONE", "4", "z"},
	{"duplicate header, last wins", "DONE\r\nX-ElapsedTime: 1\r\nx-elapsedtime: 2\r\n\r\n", "DONE", "2", ""},
	{"body that holds tags", "PROCESSING\r\nDONE\r\n\r\nPENDING\r\nDONE\r\n\r\n", "PROCESSING DONE", "", "PENDING\r\nDONE\r\n\r\n"},
}

func TestFramingIndependentOfChunkBorders(t *testing.T) {
	for _, a := range answers {
		for size := 1; size <= len(a.stream)+1; size++ {
			in, err := parse(&pieces{data: []byte(a.stream), size: size}, Limits{})
			if err != nil {
				t.Fatalf("%s in pieces of %d: %v", a.name, size, err)
			}
			if names(in) != a.tags || string(in.body) != a.body || in.headers.Get("X-ElapsedTime") != a.elapsed {
				t.Fatalf("%s in pieces of %d: tags %q body %q headers %v", a.name, size, names(in), in.body, in.headers)
			}
		}
	}
}

// pieces hands out data in reads of at most size bytes.
type pieces struct {
	data []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.data[:min(p.size, len(p.data))])
	p.data = p.data[n:]
	return n, nil
}

func TestFramingRefuses(t *testing.T) {
	small := Limits{Body: 8, Tags: 5, AdditionalHeaders: 3}
	for _, c := range []struct {
		name, stream string
		want         error
	}{
		{"no DONE", "PROCESSING\r\nPENDING\r\n", ErrCutOff},
		{"cut inside a tag", "PROCESSING\r\nPEND", ErrCutOff},
		{"cut inside an additional header", "PROCESSING\r\nDONE\r\nX-Elapsed", ErrCutOff},
		{"something else after a tag", "PROCESSING\r\nHELLO\r\n", ErrMalformed},
		{"text behind DONE", "PROCESSING\r\nDONE body\r\n\r\n", ErrMalformed},
		{"header without a colon", "DONE\r\nX-ElapsedTime 12\r\n\r\n", ErrMalformed},
		{"blanks without end", "PROCESSING" + strings.Repeat("\r\n", 100), ErrMalformed},
		{"DONE line without end", "DONE" + strings.Repeat(" ", 100), ErrTooLarge},
		{"too many tags", strings.Repeat("PENDING", 6), ErrTooLarge},
		{"too many headers", "DONE\r\n" + strings.Repeat("A: b\r\n", 4) + "\r\n", ErrTooLarge},
		{"header line without end", "DONE\r\nA: " + strings.Repeat("b", MaxHeaderLine), ErrTooLarge},
		{"body too large", "DONE\r\n\r\n123456789", ErrTooLarge},
		{"untagged body too large", "123456789", ErrTooLarge},
		{"untagged body too large, beginning like a tag", "PROCESSING"[:9], ErrTooLarge},
	} {
		if _, err := parse(strings.NewReader(c.stream), small); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// A tag must be known with its last letter: waiting for a line end that gromox
// does not send would make a living connection look dead.
func TestFramingReportsATagAtItsLastByte(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	heard := make(chan string)
	go readInner(r, Limits{}.withDefaults(), func(n string) Tag {
		heard <- n
		return Tag{Name: n}
	})
	for _, tag := range []string{"PROCESSING", "PENDING", "PENDING"} {
		if _, err := io.WriteString(w, tag); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-heard:
			if got != tag {
				t.Fatalf("heard %s after %s", got, tag)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s was not heard", tag)
		}
	}
}

func TestFramingPassesReadErrorsOn(t *testing.T) {
	broken := errors.New("connection reset")
	for cutAt := range len("PROCESSING\r\nDONE\r\nA: b\r\n\r\nbody") {
		stream := "PROCESSING\r\nDONE\r\nA: b\r\n\r\nbody"[:cutAt]
		_, err := parse(io.MultiReader(strings.NewReader(stream), iotest.ErrReader(broken)), Limits{})
		if !errors.Is(err, broken) {
			t.Errorf("cut at %d: got %v", cutAt, err)
		}
	}
}

func FuzzFraming(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a.stream), 3)
	}
	f.Add([]byte("PROCESSING\r\nDONE\r\n"+strings.Repeat("A: b\r\n", 200)), 1)
	limits := Limits{Body: 1 << 10, Tags: 20}
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		whole, err := parse(bytes.NewReader(data), limits)
		if len(whole.body) > limits.Body || len(whole.tags) > limits.Tags || len(whole.headers) > MaxAdditionalHeaders {
			t.Fatalf("bounds broken: %d tags, %d headers, %d bytes", len(whole.tags), len(whole.headers), len(whole.body))
		}
		if size < 1 {
			return
		}
		parts, err2 := parse(&pieces{data: data, size: size}, limits)
		if fmt.Sprint(err) != fmt.Sprint(err2) || names(whole) != names(parts) || !bytes.Equal(whole.body, parts.body) {
			t.Fatalf("piece size %d changes the answer: %v / %v", size, err, err2)
		}
	})
}
