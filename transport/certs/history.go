package certs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Bounds of the file: it is data from disk, which may be anything.
const (
	historyBound    = 1 << 20
	maxHosts        = 500
	maxNetworks     = 16                   // per host
	historyLifetime = 400 * 24 * time.Hour // certificates live a year at most
)

// Sighting is what one network showed of one endpoint.
type Sighting struct {
	Issuer string    `json:"issuer"` // of the leaf
	Root   string    `json:"root"`
	Key    string    `json:"key"`              // SHA-256 of the leaf's public key
	Logged bool      `json:"logged,omitempty"` // publicly, see Served.Logged
	At     time.Time `json:"at"`
}

// Drift is a difference between two networks.
type Drift struct {
	Network string // where Then was seen
	Then    Sighting
	Now     Sighting
}

// History remembers who issued the certificate of a host on which network: an
// inspecting proxy gives itself away when the computer moves. It is safe for
// concurrent use; the zero value remembers nothing yet.
type History struct {
	mu    sync.Mutex
	hosts map[string]map[string]Sighting // "host:port", then network
}

// ReadHistory reads what Write wrote. What is broken or too large is an error,
// and an empty History comes along.
func ReadHistory(r io.Reader) (*History, error) {
	h := &History{}
	b, err := io.ReadAll(io.LimitReader(r, historyBound+1))
	if err != nil {
		return h, err
	}
	if len(b) > historyBound {
		return h, fmt.Errorf("the certificate history has more than %d KiB", historyBound>>10)
	}
	var hosts map[string]map[string]Sighting
	if err := json.Unmarshal(b, &hosts); err != nil {
		return h, fmt.Errorf("the certificate history cannot be read: %w", err)
	}
	h.hosts = hosts
	return h, nil
}

// OpenHistory reads the file; one that does not exist is an empty History.
func OpenHistory(file string) (*History, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &History{}, nil
	}
	if err != nil {
		return &History{}, err
	}
	defer f.Close()
	return ReadHistory(f)
}

// Write writes everything that is not too old.
func (h *History) Write(w io.Writer, now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prune(now)
	return json.NewEncoder(w).Encode(h.hosts)
}

// Save replaces the file in one step, readable by its owner alone: it says where
// a computer has been.
func (h *History) Save(file string, now time.Time) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".certificates-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	err = h.Write(f, now)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func (h *History) prune(now time.Time) {
	for host, networks := range h.hosts {
		maps.DeleteFunc(networks, func(_ string, s Sighting) bool { return now.Sub(s.At) > historyLifetime })
		if len(networks) == 0 {
			delete(h.hosts, host)
		}
	}
}

// sighting is what an address showed just now.
func sighting(s *Served, now time.Time) Sighting {
	leaf := s.Leaf()
	return Sighting{Issuer: nameOf(leaf.Issuer.CommonName, leaf.Issuer.String()), Root: s.Trust.Root,
		Key: fingerprint(leaf.RawSubjectPublicKeyInfo), Logged: s.Logged, At: now.UTC().Truncate(time.Second)}
}

// drift is the newest sighting on another network that differs in key and in
// issuer. A certificate that was renewed keeps its issuer nearly always; servers
// of one name behind different doors have different keys from one issuer.
func (h *History) drift(e Endpoint, network string, now Sighting) *Drift {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found *Drift
	seen := h.hosts[net.JoinHostPort(e.Host, e.Port)]
	for _, other := range slices.Sorted(maps.Keys(seen)) {
		then := seen[other]
		if other == network || then.Key == now.Key || then.Issuer == now.Issuer || then.Root == now.Root {
			continue
		}
		if found == nil || then.At.After(found.Then.At) {
			found = &Drift{Network: other, Then: then, Now: now}
		}
	}
	return found
}

func (h *History) remember(e Endpoint, network string, now Sighting) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hosts == nil {
		h.hosts = map[string]map[string]Sighting{}
	}
	key := net.JoinHostPort(e.Host, e.Port)
	if h.hosts[key] == nil {
		if len(h.hosts) >= maxHosts {
			return
		}
		h.hosts[key] = map[string]Sighting{}
	}
	if _, known := h.hosts[key][network]; known || len(h.hosts[key]) < maxNetworks {
		h.hosts[key][network] = now
	}
}
