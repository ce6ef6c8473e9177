package rop

import (
	"bytes"
	"encoding/hex"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// vector is one operation and its bytes, RopId first.
type vector[T any] struct {
	name, hex string
	want      T
}

// The test file of each operation adds its vectors.
var (
	requests  []vector[Request]
	responses []vector[Response]
)

func request(name, hex string, want Request) {
	requests = append(requests, vector[Request]{name, hex, want})
}

func response(name, hex string, want Response) {
	responses = append(responses, vector[Response]{name, hex, want})
}

// unhex reads hexadecimal with blanks and bars, as the specifications print it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "|", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// testdata reads a file of hexadecimal with comment lines.
func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var digits strings.Builder
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "#") {
			digits.WriteString(line)
		}
	}
	return unhex(t, digits.String())
}

// blank is an empty response of p's kind that knows p's columns.
func blank(p Response) Response {
	fresh := reflect.New(reflect.TypeOf(p).Elem())
	if cols := fresh.Elem().FieldByName("Columns"); cols.IsValid() {
		cols.Set(reflect.ValueOf(p).Elem().FieldByName("Columns"))
	}
	return fresh.Interface().(Response)
}

func TestRequests(t *testing.T) {
	for _, c := range requests {
		b := unhex(t, c.hex)
		got := newRequest[c.want.ID()]()
		r := wire.NewReader(b)
		if id := ID(r.U8()); id != got.ID() {
			t.Errorf("%s: id %v", c.name, id)
		}
		got.decode(r)
		if err := r.Finish(); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: read %+v, %v", c.name, got, err)
		}
		w := new(wire.Writer)
		if c.want.Encode(w); w.Err() != nil || !bytes.Equal(w.Bytes(), b) {
			t.Errorf("%s: wrote % X, %v", c.name, w.Bytes(), w.Err())
		}
		for n := 1; n < len(b); n++ {
			r := wire.NewReader(b[1:n])
			if newRequest[c.want.ID()]().decode(r); r.Err() == nil {
				t.Errorf("%s: the first %d bytes pass", c.name, n)
			}
		}
	}
}

func TestResponses(t *testing.T) {
	for _, c := range responses {
		b := unhex(t, c.hex)
		got := blank(c.want)
		r := wire.NewReader(b)
		if id := ID(r.U8()); id != got.ID() {
			t.Errorf("%s: id %v", c.name, id)
		}
		got.decode(r)
		if err := r.Finish(); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: read %+v, %v", c.name, got, err)
		}
		w := new(wire.Writer)
		if c.want.Encode(w); w.Err() != nil || !bytes.Equal(w.Bytes(), b) {
			t.Errorf("%s: wrote % X, %v", c.name, w.Bytes(), w.Err())
		}
		if got.ID() == RopBufferTooSmall {
			continue // takes all that is left, however much
		}
		for n := 1; n < len(b); n++ {
			r := wire.NewReader(b[1:n])
			if blank(c.want).decode(r); r.Err() == nil {
				t.Errorf("%s: the first %d bytes pass", c.name, n)
			}
		}
	}
}

// An operation without a vector is an operation nobody checked.
func TestEveryOperationHasVectors(t *testing.T) {
	asked, answered := map[ID]bool{}, map[ID]bool{}
	for _, c := range requests {
		asked[c.want.ID()] = true
	}
	for _, c := range responses {
		answered[c.want.ID()] = true
	}
	for id, name := range names {
		if newRequest[id] != nil && !asked[id] {
			t.Errorf("no request vector for %s", name)
		}
		if id != RopRelease && !answered[id] {
			t.Errorf("no response vector for %s", name)
		}
	}
}

func TestIDString(t *testing.T) {
	for id, want := range map[ID]string{RopLogon: "RopLogon", RopBufferTooSmall: "RopBufferTooSmall", 0x99: "Rop0x99"} {
		if got := id.String(); got != want {
			t.Errorf("%#x is %q", uint8(id), got)
		}
	}
}

var (
	inbox    = FolderID{1, 0, 0, 0, 0, 0, 1, 0x12}
	mailCols = []props.Tag{props.TagSubject, props.TagMessageDeliveryTime}
)
