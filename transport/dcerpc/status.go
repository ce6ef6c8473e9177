package dcerpc

import "fmt"

// Status is the code of a fault or of an RPC proxy's refusal: a Win32 RPC error
// (MS-ERREF 2.2) or a status of C706, appendix E (0x1C......).
type Status uint32

// The codes that servers and proxies really give.
const (
	AccessDenied      Status = 0x5
	InvalidParameter  Status = 0x57
	ServerUnavailable Status = 0x6BA // RPC_S_SERVER_UNAVAILABLE
	ServerTooBusy     Status = 0x6BB // RPC_S_SERVER_TOO_BUSY
	CallFailed        Status = 0x6BE // RPC_S_CALL_FAILED
	CallFailedDNE     Status = 0x6BF // RPC_S_CALL_FAILED_DNE
	ProtocolError     Status = 0x6C0 // RPC_S_PROTOCOL_ERROR
	BadStubData       Status = 0x6F7 // RPC_X_BAD_STUB_DATA
	NotRegistered     Status = 0x6D9 // EPT_S_NOT_REGISTERED
	EptNotRegistered  Status = 0x16C9A0D6
	OpRangeError      Status = 0x1C010002 // nca_s_op_rng_error
	UnknownInterface  Status = 0x1C010003 // nca_s_unk_if
	NcaProtocolError  Status = 0x1C01000B // nca_s_proto_error
	ContextMismatch   Status = 0x1C00001A // nca_s_fault_context_mismatch
)

type statusRow struct{ name, meaning string }

var statuses = map[Status]statusRow{
	AccessDenied:      {"ERROR_ACCESS_DENIED", "access was denied"},
	InvalidParameter:  {"ERROR_INVALID_PARAMETER", "a parameter is wrong"},
	ServerUnavailable: {"RPC_S_SERVER_UNAVAILABLE", "the RPC server behind the proxy cannot be reached, or the port is not allowed"},
	ServerTooBusy:     {"RPC_S_SERVER_TOO_BUSY", "the RPC server is too busy"},
	CallFailed:        {"RPC_S_CALL_FAILED", "the call failed on its way"},
	CallFailedDNE:     {"RPC_S_CALL_FAILED_DNE", "the call failed and was not carried out"},
	ProtocolError:     {"RPC_S_PROTOCOL_ERROR", "the RPC protocol was violated"},
	BadStubData:       {"RPC_X_BAD_STUB_DATA", "the parameters could not be read"},
	NotRegistered:     {"EPT_S_NOT_REGISTERED", "the endpoint mapper knows no such endpoint"},
	EptNotRegistered:  {"ept_s_not_registered", "the endpoint mapper knows no such endpoint"},
	OpRangeError:      {"nca_s_op_rng_error", "the interface has no such call"},
	UnknownInterface:  {"nca_s_unk_if", "the server does not offer the interface here"},
	NcaProtocolError:  {"nca_s_proto_error", "the RPC protocol was violated"},
	ContextMismatch:   {"nca_s_fault_context_mismatch", "the server does not know the context handle"},
}

// Name is the symbolic name, "" when it has none here.
func (s Status) Name() string { return statuses[s].name }

// Meaning is a clause for people, "" when the code is unknown.
func (s Status) Meaning() string { return statuses[s].meaning }

func (s Status) String() string {
	if n := s.Name(); n != "" {
		return fmt.Sprintf("%s (0x%X): %s", n, uint32(s), s.Meaning())
	}
	return fmt.Sprintf("0x%X", uint32(s))
}
