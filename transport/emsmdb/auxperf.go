package emsmdb

import "time"

// Priority says which kind of work performance data is about. The blocks of one
// layout have a Type for each (MS-OXCRPC 2.2.2.2).
type Priority uint8

// The kinds of work.
const (
	Normal     Priority = iota // not told apart
	Background                 // the BG_ blocks
	Foreground                 // the FG_ blocks
)

// Types of the performance blocks, by Priority.
var (
	typesDefMDB  = [...]uint8{0x05, 0x0C, 0x11}
	typesDefGC   = [...]uint8{0x06, 0x0D, 0x12}
	typesMDB     = [...]uint8{0x07, 0x0E, 0x13}
	typesGC      = [...]uint8{0x08, 0x0F, 0x14}
	typesFailure = [...]uint8{0x09, 0x10, 0x15}
)

func init() {
	for _, p := range []Priority{Normal, Background, Foreground} {
		auxKinds[auxKind{1, typesDefMDB[p]}] = func() Aux { return &PerfDefMDBSuccess{Priority: p} }
		auxKinds[auxKind{1, typesDefGC[p]}] = func() Aux { return &PerfDefGCSuccess{Priority: p} }
		for _, v2 := range []bool{false, true} {
			auxKinds[perfKind(typesMDB, p, v2)] = func() Aux { return &PerfMDBSuccess{Priority: p, V2: v2} }
			auxKinds[perfKind(typesGC, p, v2)] = func() Aux { return &PerfGCSuccess{Priority: p, V2: v2} }
			auxKinds[perfKind(typesFailure, p, v2)] = func() Aux { return &PerfFailure{Priority: p, V2: v2} }
		}
	}
}

// perfKind takes an unknown Priority for Normal.
func perfKind(types [3]uint8, p Priority, v2 bool) auxKind {
	k := auxKind{1, types[0]}
	if int(p) < len(types) {
		k.typ = types[p]
	}
	if v2 {
		k.version = 2
	}
	return k
}

// PerfTimes is what every performance block says about its request.
type PerfTimes struct {
	Since time.Duration // from the end of the request to this report, whole milliseconds
	Took  time.Duration // of the request, whole milliseconds
}

func (t *PerfTimes) fields(b *block) {
	b.millis(&t.Since)
	b.millis(&t.Took)
}

// PerfDefMDBSuccess reports a request to the default mailbox server that
// succeeded (AUX_PERF_DEFMDB_SUCCESS, MS-OXCRPC 2.2.2.2.7).
type PerfDefMDBSuccess struct {
	Priority Priority
	PerfTimes
	RequestID uint16
}

func (a *PerfDefMDBSuccess) kind() auxKind { return perfKind(typesDefMDB, a.Priority, false) }

func (a *PerfDefMDBSuccess) fields(b *block) {
	a.PerfTimes.fields(b)
	b.u16(&a.RequestID)
	b.reserved(2)
}

// PerfDefGCSuccess reports a request to the default directory server that
// succeeded (AUX_PERF_DEFGC_SUCCESS, MS-OXCRPC 2.2.2.2.8).
type PerfDefGCSuccess struct {
	Priority            Priority
	ServerID, SessionID uint16
	PerfTimes
	Operation uint8 // as the client numbers them
}

func (a *PerfDefGCSuccess) kind() auxKind { return perfKind(typesDefGC, a.Priority, false) }

func (a *PerfDefGCSuccess) fields(b *block) {
	b.u16(&a.ServerID)
	b.u16(&a.SessionID)
	a.PerfTimes.fields(b)
	b.u8(&a.Operation)
	b.reserved(3)
}

// PerfMDBSuccess reports a request to a mailbox server that succeeded
// (AUX_PERF_MDB_SUCCESS and _V2, MS-OXCRPC 2.2.2.2.9 and 2.2.2.2.10).
type PerfMDBSuccess struct {
	Priority                                 Priority
	V2                                       bool
	ProcessID                                uint16 // with V2
	ClientID, ServerID, SessionID, RequestID uint16
	PerfTimes
}

func (a *PerfMDBSuccess) kind() auxKind { return perfKind(typesMDB, a.Priority, a.V2) }

func (a *PerfMDBSuccess) fields(b *block) {
	b.perfIDs(a.V2, &a.ProcessID, &a.ClientID, &a.ServerID, &a.SessionID, &a.RequestID)
	a.PerfTimes.fields(b)
}

// PerfGCSuccess reports a request to a directory server that succeeded
// (AUX_PERF_GC_SUCCESS and _V2, MS-OXCRPC 2.2.2.2.11 and 2.2.2.2.12).
type PerfGCSuccess struct {
	Priority                      Priority
	V2                            bool
	ProcessID                     uint16 // with V2
	ClientID, ServerID, SessionID uint16
	PerfTimes
	Operation uint8
}

func (a *PerfGCSuccess) kind() auxKind { return perfKind(typesGC, a.Priority, a.V2) }

func (a *PerfGCSuccess) fields(b *block) {
	if a.V2 {
		b.u16(&a.ProcessID)
	}
	b.u16(&a.ClientID)
	b.u16(&a.ServerID)
	b.u16(&a.SessionID)
	if !a.V2 {
		b.reserved(2)
	}
	a.PerfTimes.fields(b)
	b.u8(&a.Operation)
	b.reserved(3)
}

// PerfFailure reports a request that failed (AUX_PERF_FAILURE and _V2,
// MS-OXCRPC 2.2.2.2.13 and 2.2.2.2.14).
type PerfFailure struct {
	Priority                                 Priority
	V2                                       bool
	ProcessID                                uint16 // with V2
	ClientID, ServerID, SessionID, RequestID uint16
	PerfTimes
	ResultCode uint32
	Operation  uint8
}

func (a *PerfFailure) kind() auxKind { return perfKind(typesFailure, a.Priority, a.V2) }

func (a *PerfFailure) fields(b *block) {
	b.perfIDs(a.V2, &a.ProcessID, &a.ClientID, &a.ServerID, &a.SessionID, &a.RequestID)
	a.PerfTimes.fields(b)
	b.u32(&a.ResultCode)
	b.u8(&a.Operation)
	b.reserved(3)
}

// perfIDs walks the ids of a mailbox or failure block: the second version has
// the process in front and pads behind.
func (b *block) perfIDs(v2 bool, process *uint16, ids ...*uint16) {
	if v2 {
		b.u16(process)
	}
	for _, id := range ids {
		b.u16(id)
	}
	if v2 {
		b.reserved(2)
	}
}
