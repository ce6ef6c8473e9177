package auth

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestLedgerOutlivesARun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "attempts.json")
	e := Endpoint{"https://mail.contoso.test:443", "mapi"}
	run := func(v Verdict, wants bool) error {
		l, err := OpenLedger(file)
		if err != nil {
			t.Fatal(err)
		}
		b := &Budget{Ledger: l, User: "alice@contoso.test", Asked: wants}
		release, err := b.Begin(t.Context(), e, "NTLM")
		if err == nil {
			release(v)
		}
		return err
	}
	if err := run(Refused, false); err != nil {
		t.Fatal(err)
	}
	var budget *BudgetError
	if err := run(Accepted, false); !errors.As(err, &budget) || budget.Earlier.IsZero() {
		t.Errorf("a later run without a person: %v", err)
	}
	if err := run(Accepted, true); err != nil {
		t.Errorf("a later run that a person asked for: %v", err)
	}
	if err := run(Accepted, false); err != nil {
		t.Errorf("after it was accepted: %v", err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestBrokenLedgerIsSetAside(t *testing.T) {
	file := filepath.Join(t.TempDir(), "attempts.json")
	if err := os.WriteFile(file, []byte(`{"half`), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := OpenLedger(file)
	if err != nil || !l.Refused("https://x:443", "a").IsZero() {
		t.Fatal(err)
	}
	if _, err := os.Stat(file + ".broken"); err != nil {
		t.Error(err)
	}
	if err := l.Note("https://x:443", "A", Refused, time.Now()); err != nil || l.Refused("https://x:443", "a").IsZero() {
		t.Errorf("%v", err)
	}
}
