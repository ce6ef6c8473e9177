package exchangetest

import (
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"net/http"
	"time"
)

// revocationPath is where the organisation publishes its authority's list, over
// plain http on the website (RFC 5280 4.2.1.13).
const revocationPath = "/pki/issuing.crl"

// revocationList is the list of the issuing authority, signed anew each time.
func (c *call) revocationList() {
	now := c.b.clock()
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(24 * time.Hour)}
	if c.b.revoked {
		for _, cert := range c.b.certs {
			list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
				x509.RevocationListEntry{SerialNumber: cert.Leaf.SerialNumber, RevocationTime: now.AddDate(0, 0, -2), ReasonCode: 1})
		}
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, c.s.ca.issuing, c.s.ca.issuingKey)
	if err != nil {
		c.empty(http.StatusInternalServerError)
		return
	}
	c.text(http.StatusOK, "application/pkix-crl", string(der))
}
