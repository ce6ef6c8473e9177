//go:build !migrated_fynedo || (linux && !cgo) || (darwin && !cgo) || !(linux || windows || darwin)

package tray

// newHost: this build has no tray.
func newHost() (Host, error) { return nil, ErrNotBuilt }

// Built says whether this build has a tray.
const Built = false
