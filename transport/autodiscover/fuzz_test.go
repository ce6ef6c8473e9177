package autodiscover

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzParsePOX(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("<html><title>x</title>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParsePOX(b)
		if (s == nil) != (err != nil) {
			t.Fatalf("settings %v and error %v", s, err)
		}
		if err != nil {
			if !errors.Is(err, ErrNotAutodiscover) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		for _, h := range s.Hosts() {
			if h == "" || h != strings.ToLower(h) {
				t.Fatalf("host %q", h)
			}
		}
		if url, _ := s.MailboxURL(true); (url != "") != (s.Offer() == OfferMapiHTTP) {
			t.Fatalf("offer %s with mailbox URL %q", s.Offer(), url)
		}
		for i := range s.Protocols {
			ParseServerVersion(s.Protocols[i].Value("ServerVersion")) //nolint:errcheck // must only not panic
			RewriteMailboxID(s.Protocols[i].Value("EwsUrl"), "g@d")   //nolint:errcheck // likewise
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	f.Add(Request{Address: "a@b.test", LegacyDN: "/o=x"}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := ParseRequest(b)
		if err != nil {
			return
		}
		again, err := ParseRequest(q.Encode())
		if err != nil || again.Address != q.Address || again.LegacyDN != q.LegacyDN {
			t.Fatalf("%+v became %+v, %v", q, again, err)
		}
	})
}

func FuzzParseV2(f *testing.F) {
	f.Add([]byte(`{"Protocol":"AutodiscoverV1","Url":"https://x.test/"}`))
	f.Add([]byte(`{"ErrorCode":"UserNotFound"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := ParseV2(b); (a == nil) != (err != nil) {
			t.Fatalf("answer %v and error %v", a, err)
		}
	})
}

func FuzzSelectSRV(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 1, 1, 0, 0}, uint64(7))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		var in []*net.SRV
		for ; len(b) >= 4; b = b[4:] {
			in = append(in, &net.SRV{Target: string(rune('a'+b[0]%26)) + ".", Port: 442 + uint16(b[1]%2), Priority: uint16(b[2]), Weight: uint16(b[3]) << 8})
		}
		out := SelectSRV(in, rand.New(rand.NewPCG(seed, seed)).IntN)
		if len(out) != len(in) {
			t.Fatalf("%d records became %d", len(in), len(out))
		}
		for i := 1; i < len(out); i++ {
			if out[i].Order > 0 && (out[i].Order != i+1 || out[i].Priority < out[i-1].Priority) {
				t.Fatalf("record %d out of order: %+v", i, out)
			}
		}
	})
}
