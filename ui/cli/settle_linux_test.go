package cli

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestProgramRanges(t *testing.T) {
	const smaps = `00400000-00a00000 r-xp 00000000 fe:00 12 /usr/bin/mapiscope
Rss:                1200 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
00a00000-00b00000 r--p 00600000 fe:00 12 /usr/bin/mapiscope
Anonymous:             0 kB
00b00000-00b08000 r--p 00700000 fe:00 12 /usr/bin/mapiscope
Anonymous:            28 kB
00b08000-00b10000 rw-p 00708000 fe:00 12 /usr/bin/mapiscope
Anonymous:             0 kB
00b10000-00b20000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f0000000000-7f0000001000 r-xp 00000000 fe:00 13 /usr/lib/libc.so.6
Anonymous:             0 kB
broken-line r-xp 0 0 0 /usr/bin/mapiscope
Anonymous:             0 kB
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
Anonymous:             0 kB
`
	want := []addressRange{{0x400000, 0xa00000}, {0xa00000, 0xb00000}}
	if got := programRanges([]byte(smaps), "/usr/bin/mapiscope"); !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

// The program goes on as if nothing had happened, in less memory.
func TestLeaveProgramPages(t *testing.T) {
	before := fileMemory(t)
	leaveProgramPages()
	if after := fileMemory(t); after >= before {
		t.Errorf("%d kB of files were mapped before, %d kB after", before, after)
	}
}

// fileMemory is how much of files this process has mapped in, in kB.
func fileMemory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	kB, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kB
}
