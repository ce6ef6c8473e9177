package certs

import "crypto/x509"

// InspectorOf is the inspecting product that made a certificate, as far as the
// names in the chain tell; "" for none.
func InspectorOf(chain []*x509.Certificate) string { return productOf(chain) }
