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
// come back from there when they are touched.
func leaveProgramPages() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, r := range programRanges(smaps, program) {
		// A refusal leaves all as it was.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, r.from, r.to-r.from, unix.MADV_DONTNEED)
	}
}

type addressRange struct{ from, to uintptr }

// programRanges finds the ranges of a program file that are as they are in the file
// (proc_pid_smaps(5)): nobody can write to them, and nobody has, as the loader does
// with addresses before it closes a range. Written pages would be lost.
func programRanges(smaps []byte, program string) (out []addressRange) {
	var r addressRange
	ours := false
	for line := range bytes.Lines(smaps) {
		f := strings.Fields(string(line))
		switch {
		case len(f) >= 5 && strings.Contains(f[0], "-"):
			low, high, _ := strings.Cut(f[0], "-")
			from, err1 := strconv.ParseUint(low, 16, 64)
			to, err2 := strconv.ParseUint(high, 16, 64)
			r = addressRange{uintptr(from), uintptr(to)}
			ours = strings.Join(f[5:], " ") == program && !strings.Contains(f[1], "w") && err1 == nil && err2 == nil && from < to
		case ours && len(f) == 3 && f[0] == "Anonymous:" && f[1] == "0":
			out = append(out, r)
		}
	}
	return out
}
