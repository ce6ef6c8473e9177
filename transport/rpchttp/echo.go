package rpchttp

// EchoBody is the body of the echo request that Windows sends; its bytes mean
// nothing (MS-RPCH 2.1.2.1.5).
var EchoBody = []byte{0xF8, 0xE8, 0x18, 0x08}

// EchoPDU is the proxy's answer to an echo request, 20 bytes (MS-RPCH 2.2.4.48).
func EchoPDU() []byte { return (&RTS{Flags: FlagEcho}).Encode() }

// PingPDU is what either side sends to keep a channel open, 20 bytes (MS-RPCH
// 2.2.4.49).
func PingPDU() []byte { return (&RTS{Flags: FlagPing}).Encode() }

// ackPDU tells the OUT proxy what came (FlowControlAckWithDestination, 56 bytes,
// MS-RPCH 2.2.4.51).
func ackPDU(a FlowControlAck) []byte {
	return (&RTS{Flags: FlagOther, Commands: []Command{outProxy, a}}).Encode()
}

const outProxy Destination = 3
