package suite

import (
	"context"
	"sync"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// client is the Outlook side of the computer, worked out once.
type client struct {
	once  sync.Once
	found *outlook.Client
	err   error
}

// Outlook is what is installed and set on this computer, or on the one whose
// registry was given. It is nil, without an error, where there is no registry.
func (e *Env) Outlook() (*outlook.Client, error) {
	e.client.once.Do(func() {
		r := e.Registry
		if r == nil {
			r, e.client.err = outlook.Read()
		}
		if r != nil {
			e.client.found = outlook.Inspect(r)
		}
	})
	return e.client.found, e.client.err
}

// SavedCredentials are what the computer with Outlook has saved for signing in.
// Given says that somebody handed the list in; nil and false is that nobody knows.
func (e *Env) SavedCredentials(ctx context.Context) (list []outlook.Credential, given bool, err error) {
	if e.Credentials != nil || e.Registry != nil {
		return e.Credentials, e.Credentials != nil, nil
	}
	data, err := outlook.ReadCredentials(ctx)
	if data == nil || err != nil {
		return nil, false, err
	}
	list, err = outlook.ParseCredentialList(data)
	return list, false, err
}

// RememberedAnswers are those that Outlook has kept about the address.
func (e *Env) RememberedAnswers() []autodiscover.Cached {
	all := e.Cache
	if all == nil && e.Registry == nil { // of another computer nothing is known
		for _, folder := range outlook.CacheFolders() {
			found, _ := autodiscover.ReadCache(folder) // one that has none has nothing stale
			all = append(all, found...)
		}
	}
	var out []autodiscover.Cached
	for _, c := range all {
		if c.Of(e.Address) {
			out = append(out, c)
		}
	}
	return out
}
