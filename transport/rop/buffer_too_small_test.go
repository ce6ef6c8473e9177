package rop

func init() {
	response("buffer too small", "FF 00 80 | 15 00 01 00 01 32 00",
		&BufferTooSmallResponse{SizeNeeded: 0x8000, Undone: []byte{0x15, 0, 1, 0, 1, 0x32, 0}})
}
