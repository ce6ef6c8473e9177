package nspi

import "testing"

func TestGetMailboxURLRequest(t *testing.T) {
	golden(t, &GetMailboxURLRequest{ServerDN: "/o=X"}, DecodeGetMailboxURLRequest,
		"00000000 | 2F00 6F00 3D00 5800 0000 | 00000000")
}

func TestGetMailboxURLResponse(t *testing.T) {
	golden(t, &GetMailboxURLResponse{URL: "h"}, DecodeGetMailboxURLResponse,
		"00000000 00000000 6800 0000 00000000")
}

func TestGetMailboxURLResponseOfGromox(t *testing.T) {
	b := capture(t, "gromox-getmailboxurl")
	p, err := DecodeGetMailboxURLResponse(b)
	if err != nil || p.URL != "https://mail.example.test/mapi/emsmdb/?MailboxId=616c6963-6540-6578-616d-706c01000000@example.test" {
		t.Fatalf("%+v, %v", p, err)
	}
	wantBytes(t, "encoded again", mustEncode(t, p), b)
}

func FuzzGetMailboxURLRequest(f *testing.F) {
	fuzzBody(f, DecodeGetMailboxURLRequest, &GetMailboxURLRequest{ServerDN: "/o=X"})
}

func FuzzGetMailboxURLResponse(f *testing.F) {
	fuzzBody(f, DecodeGetMailboxURLResponse, &GetMailboxURLResponse{URL: "h"})
}
