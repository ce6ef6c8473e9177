package sspi

import "encoding/binary"

// channelBindings is SEC_CHANNEL_BINDINGS (sspi.h): eight lengths and offsets, all
// zero but those of the application data behind them.
func channelBindings(applicationData []byte) []byte {
	const header = 32
	b := make([]byte, header, header+len(applicationData))
	binary.LittleEndian.PutUint32(b[24:], uint32(len(applicationData)))
	binary.LittleEndian.PutUint32(b[28:], header)
	return append(b, applicationData...)
}
