package certs

import (
	"bytes"
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestIssuerThatChangesWithTheNetwork(t *testing.T) {
	w := newWorld(t)
	w.serve(mailHost, only(server(t, ecKey(t), w.issuer), w))
	home := &History{}
	in := w.inspector()
	in.History, in.Network = home, "home"
	if h := in.Inspect(t.Context(), Endpoint{Host: mailHost}); len(h.Problems) > 0 {
		t.Fatalf("the first time there is nothing to compare with:\n%s", told(h.Problems))
	}
	if h := in.Inspect(t.Context(), Endpoint{Host: mailHost}); len(h.Problems) > 0 {
		t.Fatalf("the same network again:\n%s", told(h.Problems))
	}

	// The computer moves to a network where somebody with a harmless name opens connections.
	away := newWorld(t)
	root := authority(t, "Corporate Trust Services", nil)
	away.path.RootCAs.AddCert(root.cert)
	leaf := server(t, ecKey(t), root)
	away.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, root)}})
	in = away.inspector()
	in.History, in.Network = home, "office"
	h := in.Inspect(t.Context(), Endpoint{Host: mailHost})
	if got := kinds(h.Problems); len(got) != 1 || got[0] != string(Intercepted) {
		t.Fatalf("got\n%s", told(h.Problems))
	}
	i := h.First().Intercept
	if i.Known || i.By != "Corporate Trust Services" || i.Drift.Network != "home" || i.Drift.Then.Issuer != "Example Issuing CA" {
		t.Errorf("%+v %+v", i, i.Drift)
	}
	if text := told(h.Problems); !strings.Contains(text, "on another network the same host shows a certificate from Example Issuing CA, here it is from Corporate Trust Services") {
		t.Error(text)
	}
}

func TestAnotherNodeOfTheSameAuthorityIsNoDrift(t *testing.T) {
	h := &History{}
	e := Endpoint{Host: mailHost, Port: "443"}
	now := time.Now()
	h.remember(e, "home", Sighting{Issuer: "A", Root: "R", Key: "1", At: now})
	for _, s := range []Sighting{{Issuer: "A", Root: "R", Key: "2"}, {Issuer: "B", Root: "R", Key: "2"}, {Issuer: "B", Root: "S", Key: "1"}} {
		if d := h.drift(e, "office", s); d != nil {
			t.Errorf("%+v is called a drift", s)
		}
	}
	if h.drift(Endpoint{Host: "other.test", Port: "443"}, "office", Sighting{Issuer: "B", Root: "S", Key: "2"}) != nil {
		t.Error("another host")
	}
	if h.drift(e, "office", Sighting{Issuer: "B", Root: "S", Key: "2"}) == nil {
		t.Error("no drift where there is one")
	}
}

func TestHistoryOnDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "certificates.json")
	h, err := OpenHistory(file)
	if err != nil {
		t.Fatal(err)
	}
	e, now := Endpoint{Host: mailHost, Port: "443"}, time.Now()
	h.remember(e, "home", Sighting{Issuer: "A", Root: "R", Key: "1", At: now})
	h.remember(e, "years ago", Sighting{Issuer: "Z", Root: "Y", Key: "9", At: now.AddDate(-2, 0, 0)})
	if err := h.Save(file, now); err != nil {
		t.Fatal(err)
	}
	again, err := OpenHistory(file)
	if err != nil {
		t.Fatal(err)
	}
	d := again.drift(e, "office", Sighting{Issuer: "B", Root: "S", Key: "2"})
	if d == nil || d.Then.Issuer != "A" {
		t.Errorf("drift %+v; the old one should be forgotten, the new one kept", d)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v %v: others can read where this computer has been", info.Mode(), err)
	}
}

func TestBrokenHistoryIsAnEmptyOne(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"a":{"b":1}}`, strings.Repeat(" ", historyBound+1)} {
		h, err := ReadHistory(strings.NewReader(text))
		if err == nil || h == nil {
			t.Errorf("%.20q: %v", text, err)
			continue
		}
		h.remember(Endpoint{Host: "a", Port: "1"}, "n", Sighting{})
		if err := h.Write(new(bytes.Buffer), time.Now()); err != nil {
			t.Error(err)
		}
	}
}

func FuzzReadHistory(f *testing.F) {
	f.Add(`{"mail.example.test:443":{"home":{"issuer":"A","root":"R","key":"00","at":"2026-01-01T00:00:00Z"}}}`)
	f.Add(`{"a":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		h, _ := ReadHistory(strings.NewReader(text))
		e := Endpoint{Host: "a", Port: "1"}
		h.drift(e, "x", Sighting{Issuer: "i", Root: "r", Key: "k"})
		h.remember(e, "x", Sighting{At: time.Now()})
		var out bytes.Buffer
		if err := h.Write(&out, time.Now()); err != nil {
			return // a year beyond 9999 cannot be written
		}
		if _, err := ReadHistory(&out); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
