package kerberos

import (
	"encoding/binary"
	"errors"
)

var errCache = errors.New("its layout is broken")

// soundCache walks over a ticket cache of version 3 or 4 (MIT "ccache file
// format") and checks every length in it: the library allocates what a length
// says before it looks whether so much is there. What it gives back is the cache
// without its header, in whose length the library is off by some bytes: it would
// go on to read at another place than was checked here.
func soundCache(b []byte) ([]byte, error) {
	if len(b) < 2 || b[0] != 5 {
		return nil, errors.New("it does not begin as one")
	}
	if b[1] != 3 && b[1] != 4 {
		return nil, errors.New("its version is not 3 or 4")
	}
	w := walker{b: b[2:]}
	sound := b[:2:2]
	if b[1] == 4 {
		w.skip(int(w.u16()))
		sound = append(sound, 0, 0)
	}
	sound = append(sound, w.b...)
	w.principal()
	for len(w.b) > 0 && !w.bad {
		w.credential(b[1] == 3)
	}
	if w.bad {
		return nil, errCache
	}
	return sound, nil
}

type walker struct {
	b   []byte
	bad bool
}

func (w *walker) skip(n int) {
	if n < 0 || n > len(w.b) {
		w.bad, w.b = true, nil
		return
	}
	w.b = w.b[n:]
}

func (w *walker) u16() (v uint16) {
	if len(w.b) < 2 {
		w.bad, w.b = true, nil
		return 0
	}
	v = binary.BigEndian.Uint16(w.b)
	w.b = w.b[2:]
	return v
}

func (w *walker) u32() (v uint32) {
	if len(w.b) < 4 {
		w.bad, w.b = true, nil
		return 0
	}
	v = binary.BigEndian.Uint32(w.b)
	w.b = w.b[4:]
	return v
}

func (w *walker) data() { w.skip(int(w.u32())) }

func (w *walker) principal() {
	w.u32() // name type
	n := w.u32()
	w.data() // realm
	w.times(n, w.data)
}

// times calls f so often, and stops when the input has ended.
func (w *walker) times(n uint32, f func()) {
	for i := uint32(0); i < n && !w.bad; i++ {
		f()
	}
}

func (w *walker) credential(keyTwice bool) {
	w.principal()
	w.principal()
	w.u16()
	if keyTwice {
		w.u16()
	}
	w.data()
	w.skip(4*4 + 1 + 4) // times, is_skey, flags
	for range 2 {       // addresses, authorization data
		w.times(w.u32(), func() { w.u16(); w.data() })
	}
	w.data()
	w.data()
}
