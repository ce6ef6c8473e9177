package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Ledger remembers refused sign-ins beyond one run, so that a program that checks
// every few minutes does not lock an account out. It holds no part of a password.
type Ledger interface {
	// Refused is when the account was refused at the origin last, without having
	// been accepted since; zero when it was not.
	Refused(origin, user string) time.Time
	// Note writes down a verdict.
	Note(origin, user string, v Verdict, at time.Time) error
}

// FileLedger is a Ledger in a JSON file, readable by its owner alone. A file that
// cannot be read is set aside and begun anew. Safe for concurrent use.
type FileLedger struct {
	path string
	mu   sync.Mutex
	rows map[string]time.Time
}

// forget is when a refusal no longer counts: longer than any lock-out window
// (Windows counts within 30 minutes by default, at most 70 days), and a password
// may have been corrected elsewhere meanwhile.
const forget = 30 * 24 * time.Hour

// OpenLedger reads the file, which need not exist.
func OpenLedger(path string) (*FileLedger, error) {
	l := &FileLedger{path: path, rows: map[string]time.Time{}}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return l, nil
	case err != nil:
		return nil, err
	}
	if json.Unmarshal(b, &l.rows) != nil || l.rows == nil {
		l.rows = map[string]time.Time{}
		return l, os.Rename(path, path+".broken")
	}
	return l, nil
}

func ledgerKey(origin, user string) string { return origin + " " + canonicalHost(user) }

// Refused is Ledger's.
func (l *FileLedger) Refused(origin, user string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.rows[ledgerKey(origin, user)]
	if time.Since(at) > forget {
		return time.Time{}
	}
	return at
}

// Note is Ledger's. The file is replaced as a whole.
func (l *FileLedger) Note(origin, user string, v Verdict, at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := ledgerKey(origin, user)
	before, had := l.rows[key]
	switch v {
	case Refused, Unclear:
		l.rows[key] = at.UTC()
	case Accepted:
		delete(l.rows, key)
	}
	if after, has := l.rows[key]; had == has && before.Equal(after) {
		return nil
	}
	b, err := json.Marshal(l.rows)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(l.path), filepath.Base(l.path)+".*")
	if err != nil {
		return fmt.Errorf("the ledger of sign-ins cannot be written: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), l.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
