//go:build !windows

package sspi

import "github.com/mapiscope/mapiscope/transport/auth"

// CurrentUser is ErrNotWindows on this system.
func CurrentUser() (auth.Mechanism, error) { return nil, ErrNotWindows }
