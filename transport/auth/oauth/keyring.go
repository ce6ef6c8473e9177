package oauth

import (
	"errors"

	"github.com/zalando/go-keyring"

	"github.com/mapiscope/mapiscope/transport/auth"
)

// Keyring is the system's keyring under a service name.
func Keyring(service string) Store { return ring(service) }

type ring string

func (r ring) Get(name string) (auth.Secret, error) {
	v, err := keyring.Get(string(r), name)
	if errors.Is(err, keyring.ErrNotFound) {
		return auth.Secret{}, ErrNotStored
	}
	return auth.NewSecret(v), err
}

func (r ring) Set(name string, value auth.Secret) error {
	return keyring.Set(string(r), name, value.Reveal())
}

func (r ring) Delete(name string) error { return keyring.Delete(string(r), name) }
