//go:build !windows

package autostart

import (
	"os"
	"runtime"
)

func enabled() (on, ok bool) {
	home, err := os.UserHomeDir()
	if err != nil {
		return false, false
	}
	return entryOf(runtime.GOOS, os.Getenv, home).enabled()
}

func set(on bool, program string) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	return entryOf(runtime.GOOS, os.Getenv, home).set(on, program)
}
