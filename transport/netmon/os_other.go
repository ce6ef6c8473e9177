//go:build !linux && !windows && !darwin

package netmon

import (
	"context"
	"os"
)

func system() other { return other{} }

// other has no events but those of one file: the clock makes it look.
type other struct{}

const watchFolders = false

var resolvConfFiles = []string{"/etc/resolv.conf"}

func (other) read() (State, error) {
	adapters, err := netAdapters()
	if err != nil {
		return State{}, err
	}
	s := assemble(adapters, nil)
	s.DNS, s.Search = upstream(readFiles(resolvConfFiles)...)
	s.Proxy = other{}.proxy()
	return s, nil
}

func (other) proxy() Proxy { return proxyOfEnv(os.Getenv) }

func (other) listen(ctx context.Context, tell func(event), missing func(error)) (network, sleep bool) {
	if err := watchFiles(ctx, resolvConfFiles, tell); err != nil {
		missing(err)
	}
	return false, false
}
