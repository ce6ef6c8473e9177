package certs

import (
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/hex"
	"strings"
	"sync"
)

// Interception is why somebody between us and the server is thought to open the
// connection.
type Interception struct {
	By     string   // product or issuer
	Known  bool     // the issuer's name is that of an inspecting product
	Drift  *Drift   // another issuer than on another network
	Issuer string   // the authority that the certificate names
	Why    []string // one sentence per reason
}

//go:embed inspectors.txt
var inspectorsText string

type inspector struct{ pattern, product string }

var inspectors = sync.OnceValue(func() (out []inspector) {
	for line := range strings.Lines(inspectorsText) {
		pattern, product, found := strings.Cut(strings.TrimSpace(line), "\t")
		if found && !strings.HasPrefix(line, "#") {
			out = append(out, inspector{pattern, product})
		}
	}
	return out
})

// productOf is the inspecting product that made a certificate, as far as the
// names of the issuers tell; "" for none.
func productOf(chain []*x509.Certificate) string {
	for _, c := range chain {
		names := strings.ToLower(strings.Join(append(append([]string{c.Issuer.CommonName}, c.Issuer.Organization...), c.Issuer.OrganizationalUnit...), "\n"))
		for _, i := range inspectors() {
			if strings.Contains(names, i.pattern) {
				return i.product
			}
		}
	}
	return ""
}

// interception looks for signs, and remembers what was seen for the next network.
func (in *Inspector) interception(e Endpoint, s *Served) *Interception {
	chain := s.Trust.Chain
	if len(chain) == 0 {
		return nil
	}
	leaf := chain[0]
	i := &Interception{Issuer: nameOf(leaf.Issuer.CommonName, leaf.Issuer.String())}
	// Public authorities do not issue for inspection, and some of them belong to
	// makers of inspecting products.
	if product := productOf(chain); product != "" && !s.Logged {
		i.By, i.Known = product, true
		i.Why = append(i.Why, "the certificate was issued by "+i.Issuer+", a name that "+product+" uses")
	}
	if in.History != nil && in.Network != "" {
		now := sighting(s, in.now())
		if i.Drift = in.History.drift(e, in.Network, now); i.Drift != nil && !s.Logged {
			if i.By == "" {
				i.By = i.Issuer
			}
			i.Why = append(i.Why, "on another network the same host shows a certificate from "+i.Drift.Then.Issuer+
				", here it is from "+i.Issuer)
		}
		in.History.remember(e, in.Network, now)
	}
	if len(i.Why) == 0 {
		return nil
	}
	if s.Trust.Trusted {
		i.Why = append(i.Why, "no public log knows the certificate, so its root was put into this computer's store by somebody")
	}
	return i
}

// fingerprint is the SHA-256 of some bytes in hexadecimal.
func fingerprint(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
