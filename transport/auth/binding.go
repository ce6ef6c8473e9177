package auth

import (
	"crypto"
	"crypto/md5"
	_ "crypto/sha256" // linked for crypto.SHA256
	_ "crypto/sha512" // linked for crypto.SHA384 and crypto.SHA512
	"crypto/x509"
	"encoding/binary"
)

// ChannelBinding is the application data of the tls-server-end-point binding
// (RFC 5929, section 4) for a server certificate: the prefix and the hash of the
// certificate. nil for a nil certificate and where the RFC leaves the hash open
// (Ed25519).
func ChannelBinding(leaf *x509.Certificate) []byte {
	if leaf == nil {
		return nil
	}
	hash := endPointHash(leaf.SignatureAlgorithm)
	if hash == 0 {
		return nil
	}
	h := hash.New()
	h.Write(leaf.Raw)
	return h.Sum([]byte("tls-server-end-point:"))
}

// endPointHash is the hash of the signature; MD5 and SHA-1 become SHA-256.
func endPointHash(a x509.SignatureAlgorithm) crypto.Hash {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.DSAWithSHA256, x509.ECDSAWithSHA256, x509.SHA256WithRSAPSS:
		return crypto.SHA256
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		return crypto.SHA512
	}
	return 0
}

// BindingHash is MD5 over the gss_channel_bindings_struct with this application
// data: the value NTLM (MS-NLMP 2.2.2.1, MsvAvChannelBindings) and Kerberos
// (RFC 4121 4.1.1.2) carry. All zero, "no bindings", for empty data.
func BindingHash(applicationData []byte) (sum [md5.Size]byte) {
	if len(applicationData) == 0 {
		return sum
	}
	b := make([]byte, 20, 20+len(applicationData)) // both address types and lengths are zero
	binary.LittleEndian.PutUint32(b[16:], uint32(len(applicationData)))
	return md5.Sum(append(b, applicationData...))
}

// WrongBinding is application data that belongs to no certificate: what a client
// behind an intercepting proxy sends, for comparing.
var WrongBinding = []byte("tls-server-end-point:another certificate than the server's")
