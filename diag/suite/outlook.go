package suite

import (
	"sync"

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
