//go:build !windows

package outlook

import "context"

// ReadCredentials lists the Credential Manager of this computer. Here there is
// none: nil, without an error.
func ReadCredentials(context.Context) ([]byte, error) { return nil, nil }
