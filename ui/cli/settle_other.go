//go:build !linux

package cli

// leaveProgramPages is for Linux alone: elsewhere the system trims a program that
// rests by itself.
func leaveProgramPages() {}
