package cli

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// leaveProgramPages unmaps what was read of the program file so far, code and
// constants: they stay in the system's page cache, and the few that waiting needs
// come back from there when they are touched. Nothing that was written to is
// among them.
func leaveProgramPages() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return
	}
	for _, r := range programRanges(maps, program) {
		// A refusal leaves all as it was.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, r.from, r.to-r.from, unix.MADV_DONTNEED)
	}
}

type addressRange struct{ from, to uintptr }

// programRanges finds the ranges of a program file that nobody can write to
// (proc_pid_maps(5)).
func programRanges(maps []byte, program string) (out []addressRange) {
	for line := range bytes.Lines(maps) {
		f := strings.Fields(string(line))
		if len(f) < 6 || strings.Join(f[5:], " ") != program || strings.Contains(f[1], "w") {
			continue
		}
		low, high, _ := strings.Cut(f[0], "-")
		from, err1 := strconv.ParseUint(low, 16, 64)
		to, err2 := strconv.ParseUint(high, 16, 64)
		if err1 == nil && err2 == nil && from < to {
			out = append(out, addressRange{uintptr(from), uintptr(to)})
		}
	}
	return out
}
