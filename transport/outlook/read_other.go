//go:build !windows

package outlook

// Read fetches this computer's registry. Here there is none: nil, without an
// error, because Outlook for Windows is what the registry is about.
func Read() (*Registry, error) { return nil, nil }
