package nspi

import (
	"errors"
	"reflect"
	"sync"
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
)

// responses has every response type, empty, with its decoder.
var responses = map[string]struct {
	empty  Response
	decode func([]byte) (Response, error)
}{
	"Bind":              {&BindResponse{}, asResponse(DecodeBindResponse)},
	"Unbind":            {&UnbindResponse{}, asResponse(DecodeUnbindResponse)},
	"CompareMIds":       {&CompareMIdsResponse{}, asResponse(DecodeCompareMIdsResponse)},
	"DNToMId":           {&DNToMIdResponse{}, asResponse(DecodeDNToMIdResponse)},
	"GetMatches":        {&GetMatchesResponse{}, asResponse(DecodeGetMatchesResponse)},
	"GetPropList":       {&GetPropListResponse{}, asResponse(DecodeGetPropListResponse)},
	"GetProps":          {&GetPropsResponse{}, asResponse(DecodeGetPropsResponse)},
	"GetSpecialTable":   {&GetSpecialTableResponse{}, asResponse(DecodeGetSpecialTableResponse)},
	"QueryRows":         {&QueryRowsResponse{}, asResponse(DecodeQueryRowsResponse)},
	"QueryColumns":      {&QueryColumnsResponse{}, asResponse(DecodeQueryColumnsResponse)},
	"ResolveNames":      {&ResolveNamesResponse{}, asResponse(DecodeResolveNamesResponse)},
	"SeekEntries":       {&SeekEntriesResponse{}, asResponse(DecodeSeekEntriesResponse)},
	"UpdateStat":        {&UpdateStatResponse{}, asResponse(DecodeUpdateStatResponse)},
	"GetMailboxUrl":     {&GetMailboxURLResponse{}, asResponse(DecodeGetMailboxURLResponse)},
	"GetAddressBookUrl": {&GetAddressBookURLResponse{}, asResponse(DecodeGetAddressBookURLResponse)},
}

func asResponse[P Response](decode func([]byte) (P, error)) func([]byte) (Response, error) {
	return func(b []byte) (Response, error) { return decode(b) }
}

// bare gives a response of the same type with nothing but its codes and aux.
func bare(like Response, r Result) Response {
	p := reflect.New(reflect.TypeOf(like).Elem())
	p.Elem().FieldByName("Result").Set(reflect.ValueOf(r))
	return p.Interface().(Response)
}

func TestFailureBodies(t *testing.T) {
	for body, want := range map[string]Result{
		"BB060000":                    {StatusCode: 0x6BB},
		"BB060000 00000000":           {StatusCode: 0x6BB},
		"BB060000 02000000 0102":      {StatusCode: 0x6BB, Aux: []byte{1, 2}},
		"BB060000 FFFFFFFF 0102 0304": {StatusCode: 0x6BB},
	} {
		for kind, r := range responses {
			if kind == "Unbind" {
				continue // has its own test
			}
			got, err := r.decode(unhex(t, body))
			if err != nil || !reflect.DeepEqual(got, bare(r.empty, want)) {
				t.Errorf("%s, %s: %+v, %v", kind, body, got, err)
			}
		}
	}
	wantBytes(t, "encoded", mustEncode(t, &BindResponse{Result: Result{StatusCode: 0x6BB, Aux: []byte{1}}, ServerGUID: testGUID}),
		unhex(t, "BB060000 01000000 01"))
}

func TestNoBodyIsNoSuccess(t *testing.T) {
	for kind, r := range responses {
		if _, err := r.decode(nil); !errors.Is(err, ErrEmptyBody) {
			t.Errorf("%s, empty: %v", kind, err)
		}
		if _, err := r.decode(make([]byte, 8)); !errors.Is(err, ErrFailureBody) {
			t.Errorf("%s, eight zero bytes: %v", kind, err)
		}
		if _, err := r.decode([]byte{0, 0, 0}); err == nil {
			t.Errorf("%s: three bytes passed", kind)
		}
	}
}

func TestRefusalKeepsItsCode(t *testing.T) {
	want := Result{ErrorCode: 0x8004011E}
	for kind, r := range responses {
		got, err := r.decode(unhex(t, "00000000 1E010480 01"))
		if err != nil || !reflect.DeepEqual(got, bare(r.empty, want)) {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
		if status, code := got.Codes(); status != 0 || code != 0x8004011E {
			t.Errorf("%s: codes %v, %v", kind, status, code)
		}
		if _, err := r.decode(unhex(t, "00000000 80030400 01")); err == nil {
			t.Errorf("%s: a warning with half a body passed", kind)
		}
	}
}

func TestEveryResponseEncodesWhatItDecodes(t *testing.T) {
	for kind, r := range responses {
		b := mustEncode(t, r.empty)
		got, err := r.decode(append(b, 9, 9)) // bytes behind the aux buffer do no harm
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		wantBytes(t, kind, mustEncode(t, got), b)
	}
}

func TestRequestTypes(t *testing.T) {
	requests := []Request{&BindRequest{}, &UnbindRequest{}, &CompareMIdsRequest{}, &DNToMIdRequest{}, &GetMatchesRequest{},
		&GetPropListRequest{}, &GetPropsRequest{}, &GetSpecialTableRequest{}, &QueryRowsRequest{}, &QueryColumnsRequest{},
		&ResolveNamesRequest{}, &SeekEntriesRequest{}, &UpdateStatRequest{}, &GetMailboxURLRequest{}, &GetAddressBookURLRequest{}}
	seen := map[string]bool{}
	for _, q := range requests {
		seen[q.RequestType()] = true
	}
	for kind := range responses {
		if !seen[kind] {
			t.Errorf("no request of type %s", kind)
		}
	}
	if len(seen) != len(responses) {
		t.Errorf("%d types of requests, %d of responses", len(seen), len(responses))
	}
}

func TestUnencodableValue(t *testing.T) {
	p := &QueryRowsResponse{Columns: testColumns, Rows: [][]props.Value{{{Tag: testColumns[0], V: 7}, {Tag: testColumns[1], V: int32(1)}}}}
	if b, err := p.Encode(); err == nil || b != nil {
		t.Errorf("%x, %v", b, err)
	}
}

// TestEncodeFromSeveralGoroutines is for the race detector: encoding does not
// write to the message.
func TestEncodeFromSeveralGoroutines(t *testing.T) {
	q := &GetMatchesRequest{Stat: testStat(), Filter: &And{[]Restriction{&BitMask{Op: 1}, &Exist{1}}}, Columns: testColumns}
	p := &UpdateStatResponse{Stat: testStat(), Delta: new(int32(-2))}
	wantQ, wantP := mustEncode(t, q), mustEncode(t, p)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			gotQ, _ := q.Encode()
			gotP, _ := p.Encode()
			wantBytes(t, "request", gotQ, wantQ)
			wantBytes(t, "response", gotP, wantP)
		})
	}
	wg.Wait()
}
