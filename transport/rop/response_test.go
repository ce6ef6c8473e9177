package rop

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// lookIntoFolder is what a client sends, and what a server might answer.
func lookIntoFolder() (*RequestBuffer, *ResponseBuffer) {
	at := time.Date(2026, 11, 22, 9, 0, 4, 0, time.UTC)
	row := []props.Value{{Tag: mailCols[0], V: "Hello"}, {Tag: mailCols[1], V: at}}
	sent := payloads[2].want
	return &sent, &ResponseBuffer{
		Responses: []Response{
			&OpenFolderResponse{Result: Result{Handle: 1}},
			&GetContentsTableResponse{Result: Result{Handle: 2}, RowCount: 1},
			&SetColumnsResponse{Result: Result{Handle: 2}},
			&QueryRowsResponse{Result: Result{Handle: 2}, Columns: mailCols, Origin: OriginEnd, Rows: [][]props.Value{row}},
		},
		Handles: []uint32{0x11, 0x12, 0x13},
	}
}

func encode(t testing.TB, b *ResponseBuffer) []byte {
	t.Helper()
	payload, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// The columns of a table opened and set up in this very batch.
func TestResponseBufferColumnsOfTheBatch(t *testing.T) {
	sent, want := lookIntoFolder()
	cols := Columns{}
	got, err := DecodeResponseBuffer(encode(t, want), sent, cols)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("read %+v, %v", got, err)
	}
	if !reflect.DeepEqual(cols, Columns{0x13: mailCols}) {
		t.Errorf("kept %v", cols)
	}
	if _, err := DecodeResponseBuffer(encode(t, want), sent, nil); err != nil {
		t.Errorf("with nothing to keep: %v", err)
	}
}

// The columns of a table that an earlier batch set up.
func TestResponseBufferColumnsOfEarlierBatch(t *testing.T) {
	_, answers := lookIntoFolder()
	rows := answers.Responses[3].(*QueryRowsResponse)
	rows.Handle = 0
	sent := &RequestBuffer{Requests: []Request{&QueryRowsRequest{RowCount: 1}}, Handles: []uint32{0x13}}
	payload := encode(t, &ResponseBuffer{Responses: []Response{rows}, Handles: []uint32{0x13}})

	got, err := DecodeResponseBuffer(payload, sent, Columns{0x13: mailCols})
	if err != nil || !reflect.DeepEqual(got.Responses[0], Response(rows)) {
		t.Errorf("read %+v, %v", got, err)
	}
	for name, cols := range map[string]Columns{"none": nil, "another's": {0x12: mailCols}} {
		var e *Error
		if _, err := DecodeResponseBuffer(payload, sent, cols); !errors.As(err, &e) || e.ROP != RopQueryRows {
			t.Errorf("rows with %s columns: %v", name, err)
		}
	}
}

// A number that served a table before must not lend its columns to another, and a
// released one is forgotten.
func TestResponseBufferForgetsColumns(t *testing.T) {
	for name, c := range map[string]struct {
		q Request
		p []Response
	}{
		"release":           {&ReleaseRequest{}, nil},
		"reopened":          {&GetContentsTableRequest{}, []Response{&GetContentsTableResponse{}}},
		"hierarchy instead": {&GetHierarchyTableRequest{}, []Response{&GetHierarchyTableResponse{}}},
	} {
		cols := Columns{0x13: mailCols, 0x14: mailCols}
		sent := &RequestBuffer{Requests: []Request{c.q}, Handles: []uint32{0x13}}
		payload := encode(t, &ResponseBuffer{Responses: c.p, Handles: []uint32{0x13}})
		if _, err := DecodeResponseBuffer(payload, sent, cols); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(cols, Columns{0x14: mailCols}) {
			t.Errorf("%s: kept %v", name, cols)
		}
	}
}

func TestResponseBufferRefusedSetColumnsChangesNothing(t *testing.T) {
	cols := Columns{0x13: mailCols}
	sent := &RequestBuffer{Requests: []Request{&SetColumnsRequest{Columns: quotaCols}}, Handles: []uint32{0x13}}
	payload := encode(t, &ResponseBuffer{Handles: []uint32{0x13},
		Responses: []Response{Refuse(sent.Requests[0], mapierr.InvalidParameter)}})
	if _, err := DecodeResponseBuffer(payload, sent, cols); err != nil || !reflect.DeepEqual(cols, Columns{0x13: mailCols}) {
		t.Errorf("kept %v, %v", cols, err)
	}
}

// A payload that cannot be read to its end must not leave half its effects.
func TestResponseBufferBrokenKeepsNothing(t *testing.T) {
	sent, want := lookIntoFolder()
	want.Responses = append(want.Responses, &OpenFolderResponse{})
	cols := Columns{}
	_, err := DecodeResponseBuffer(encode(t, want), sent, cols)
	if !errors.Is(err, ErrUnasked) || len(cols) != 0 {
		t.Errorf("%v, kept %v", err, cols)
	}
}

func TestResponseBufferOrder(t *testing.T) {
	sent := &RequestBuffer{Requests: []Request{&GetStoreStateRequest{}, &ReleaseRequest{}, &GetReceiveFolderRequest{}}}
	state, folder := &GetStoreStateResponse{}, &GetReceiveFolderResponse{}
	for name, c := range map[string]struct {
		p  []Response
		ok bool
	}{
		"in order, none for the release": {[]Response{state, folder}, true},
		"fewer":                          {[]Response{state}, true},
		"none":                           {nil, true},
		"other order":                    {[]Response{folder, state}, false},
		"one left out":                   {[]Response{folder}, false},
		"twice":                          {[]Response{state, folder, folder}, false},
		"one not asked":                  {[]Response{state, &SetColumnsResponse{}}, false},
		"events between":                 {[]Response{state, &PendingResponse{}, folder}, true},
	} {
		got, err := DecodeResponseBuffer(encode(t, &ResponseBuffer{Responses: c.p}), sent, nil)
		if c.ok && (err != nil || !reflect.DeepEqual(got.Responses, c.p)) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if !c.ok && !errors.Is(err, ErrUnasked) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestResponseBufferRefusals(t *testing.T) {
	sent := &RequestBuffer{Requests: []Request{&GetStoreStateRequest{}}}
	for name, text := range map[string]string{
		"nothing":           "",
		"size zero":         "00 00",
		"size past the end": "0C 00 | 7B 00 00 00 00 00",
		"answer cut":        "06 00 | 7B 00 00 00",
		"torn handle":       "02 00 | 11",
		"release answered":  "08 00 | 01 00 00 00 00 00",
		"unknown":           "03 00 | 99",
	} {
		if b, err := DecodeResponseBuffer(unhex(t, text), sent, nil); err == nil {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

// Events on a table whose columns this batch set, an earlier batch set, nobody set.
func TestResponseBufferNotify(t *testing.T) {
	sent, answers := lookIntoFolder()
	w := new(wire.Writer)
	row := answers.Responses[3].(*QueryRowsResponse).Rows[0]
	if err := props.WriteRow(w, mailCols, row, props.ROP); err != nil {
		t.Fatal(err)
	}
	for handle, want := range map[uint32][]props.Value{0x13: row, 0x20: row, 0x21: nil, NoHandle: nil} {
		b := *answers
		b.Responses = append(b.Responses[:4:4], &NotifyResponse{Handle: handle, Flags: uint16(TableModified) | NotifyMessage,
			TableEvent: TableRowAdded, RowData: w.Bytes()})
		got, err := DecodeResponseBuffer(encode(t, &b), sent, Columns{0x20: mailCols})
		if err != nil {
			t.Errorf("handle %#x: %v", handle, err)
			continue
		}
		n := got.Responses[4].(*NotifyResponse)
		if !reflect.DeepEqual(n.RowValues, want) || !bytes.Equal(n.RowData, w.Bytes()) {
			t.Errorf("handle %#x: read %v", handle, n.RowValues)
		}
	}
}

func TestRefuseEveryRequest(t *testing.T) {
	for _, c := range requests {
		if c.want.ID() == RopRelease {
			continue
		}
		p := Refuse(c.want, mapierr.NotSupported)
		if p.ID() != c.want.ID() || p.Code() != mapierr.NotSupported {
			t.Errorf("%s: %+v", c.name, p)
		}
		w := new(wire.Writer)
		if p.Encode(w); w.Len() != 6 {
			t.Errorf("%s: refusal takes %d bytes", c.name, w.Len())
		}
	}
	p := Refuse(&OpenFolderRequest{Input: 1, Output: 2}, mapierr.NotFound).(*OpenFolderResponse)
	if p.Handle != 2 {
		t.Errorf("the refusal names slot %d, not the output", p.Handle)
	}
}

func TestResponseBufferHandle(t *testing.T) {
	b := &ResponseBuffer{Handles: []uint32{0x11, NoHandle}}
	for i, want := range map[uint8]bool{0: true, 1: false, 2: false, 255: false} {
		h, ok := b.Handle(i)
		if ok != want || ok && h != 0x11 || !ok && h != NoHandle {
			t.Errorf("slot %d: %#x, %v", i, h, ok)
		}
	}
}

// FuzzDecodeResponseBuffer takes the requests from the input too, so that every
// kind of answer is reached.
func FuzzDecodeResponseBuffer(f *testing.F) {
	sent, answers := lookIntoFolder()
	asked, _ := sent.Encode()
	f.Add(asked, encode(f, answers))
	f.Add(unhex(f, payloads[0].hex), testdata(f, "gromox-logon.hex"))
	for _, c := range responses {
		b := unhex(f, c.hex)
		f.Add(fuzzRequest(f, c.want.ID()), append([]byte{byte(len(b) + 2), 0}, b...))
	}
	f.Fuzz(func(t *testing.T, asked, payload []byte) {
		sent, err := DecodeRequestBuffer(asked)
		if err != nil {
			return
		}
		b, err := DecodeResponseBuffer(payload, sent, fuzzColumns())
		if err != nil {
			return
		}
		once, err := b.Encode()
		if errors.Is(err, ErrTooLong) {
			return // a row of values that take no bytes grows when it is flagged
		}
		if err != nil {
			t.Fatalf("own responses do not encode: %v", err)
		}
		again, err := DecodeResponseBuffer(once, sent, fuzzColumns())
		if err != nil {
			t.Fatalf("own responses do not read: %v", err)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("% X became % X, %v", once, twice, err)
		}
	})
}

func fuzzColumns() Columns { return Columns{0x11: mailCols, 0x13: quotaCols} }

// fuzzRequest is a payload that asks for the operation, if it can be asked for.
func fuzzRequest(f *testing.F, id ID) []byte {
	b := &RequestBuffer{Handles: []uint32{0x11, NoHandle, 0x13}}
	for _, c := range requests {
		if c.want.ID() == id {
			b.Requests = []Request{c.want}
		}
	}
	payload, err := b.Encode()
	if err != nil {
		f.Fatal(err)
	}
	return payload
}
