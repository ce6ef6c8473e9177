package acceptor

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"crypto/x509"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
	//lint:ignore SA1019 NTLM is defined with MD4 (MS-NLMP 3.3.1)
	"golang.org/x/crypto/md4"
)

// verify checks response, integrity code and bindings (MS-NLMP 3.2.5.1.2).
func (c *Conn) verify(message []byte, b Bindings) (*Identity, error) {
	a, err := parseAuthenticate(message)
	if err != nil {
		return nil, err
	}
	password, known := c.server.Password(a.domain, a.user)
	if !known || a.user == "" {
		return nil, ErrUnknown
	}
	key := ntowfV2(a.domain, a.user, password)
	proof := a.nt[:proofSize]
	if !hmac.Equal(proof, mac(key, c.challenge[:], a.nt[proofSize:])) {
		return nil, ErrPassword
	}
	if a.hasMIC() {
		session, err := a.exportedKey(mac(key, proof))
		if err != nil {
			return nil, err
		}
		if err := c.checkMIC(session, message); err != nil {
			return nil, err
		}
	}
	if err := checkBindings(b, a.pairs[avChannelBindings], c.leaf); err != nil {
		return nil, err
	}
	return &Identity{Domain: a.domain, User: a.user}, nil
}

// ntowfV2 is NTOWFv2 (MS-NLMP 3.3.2).
func ntowfV2(domain, user, password string) []byte {
	h := md4.New()
	h.Write(utf16Bytes(password))
	return mac(h.Sum(nil), utf16Bytes(strings.ToUpper(user)+domain))
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// exportedKey is ExportedSessionKey: the client's random key, or with no key
// exchange the base key itself (MS-NLMP 3.2.5.1.2).
func (a *authenticate) exportedKey(base []byte) ([]byte, error) {
	if a.flags&flagKeyExchange == 0 {
		return base, nil
	}
	if len(a.sessionKey) != 16 {
		return nil, ErrMalformed
	}
	cipher, err := rc4.NewCipher(base)
	if err != nil {
		return nil, err
	}
	key := make([]byte, 16)
	cipher.XORKeyStream(key, a.sessionKey)
	return key, nil
}

// checkMIC recomputes the code over the three messages with itself as zeros.
func (c *Conn) checkMIC(key, message []byte) error {
	if len(message) < micAt+micSize {
		return ErrMalformed
	}
	zeroed := slices.Clone(message)
	clear(zeroed[micAt : micAt+micSize])
	if !hmac.Equal(message[micAt:micAt+micSize], mac(key, c.negotiate, c.sent, zeroed)) {
		return ErrMIC
	}
	return nil
}

// checkBindings applies Extended Protection: all zeros mean that there are none.
func checkBindings(b Bindings, got []byte, leaf *x509.Certificate) error {
	want := auth.BindingHash(auth.ChannelBinding(leaf))
	none := len(got) == 0 || bytes.Equal(got, make([]byte, md5.Size))
	switch {
	case b == Off, b == Allow && none:
		return nil
	case none:
		return ErrNoBindings
	case !hmac.Equal(got, want[:]):
		return ErrBindings
	}
	return nil
}
