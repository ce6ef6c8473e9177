package autostart

import (
	"errors"

	"golang.org/x/sys/windows/registry"
)

// The user's own Run key, and our value in it.
const (
	runKey  = `Software\Microsoft\Windows\CurrentVersion\Run`
	runName = "Mapiscope"
)

func enabled() (on, ok bool) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, true
	}
	if err != nil {
		return false, false
	}
	defer key.Close()
	_, _, err = key.GetStringValue(runName)
	return err == nil, err == nil || errors.Is(err, registry.ErrNotExist)
}

func set(on bool, program string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if on {
		return key.SetStringValue(runName, `"`+program+`" tray`)
	}
	if err := key.DeleteValue(runName); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}
