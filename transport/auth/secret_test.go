package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestSecretNeverPrints tries every way a value gets into text.
func TestSecretNeverPrints(t *testing.T) {
	const canary = "hunter2-canary"
	s := NewSecret(canary)
	c := Credential{User: "alice", Password: s}
	type inner struct{ hidden Secret }
	holders := []any{s, &s, c, &c, []Secret{s}, map[string]Secret{"p": s}, inner{s}, &inner{s}, struct{ C *Credential }{&c}}
	for _, m := range []Mechanism{Basic(c), NTLM(c, NTLMOptions{}), NegotiateNTLM(c, NTLMOptions{})} {
		h, err := m.Start(t.Context(), Target{})
		if err != nil {
			t.Fatal(err)
		}
		holders = append(holders, m)
		if m.Scheme() == "Basic" {
			holders = append(holders, h)
		}
	}
	var out bytes.Buffer
	for _, h := range holders {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"} {
			fmt.Fprintf(&out, verb+"\n", h)
		}
		fmt.Fprintln(&out, h, fmt.Errorf("failed: %v", h), errors.Join(fmt.Errorf("%+v", h)))
		if b, err := json.Marshal(h); err == nil {
			out.Write(b)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "k", h)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", h)
	}
	text := out.String()
	for _, bad := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(text, bad) {
			t.Errorf("%q was printed", bad)
		}
	}
	if !strings.Contains(text, hidden) {
		t.Error("nothing was printed at all")
	}
	if s.Reveal() != canary || s.Empty() || !(Secret{}).Empty() {
		t.Error("Reveal or Empty is wrong")
	}
}
