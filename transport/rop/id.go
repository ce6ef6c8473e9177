// Package rop encodes and decodes the remote operations of a mailbox session
// (MS-OXCROPS): the ones that look, never one that changes a mailbox. Each
// operation has one file with both sides of it, so that the engine and the
// embedded Exchange share one description of the bytes.
package rop

import "fmt"

// ID is the RopId byte (MS-OXCROPS 2.2.2).
type ID uint8

// The operations this package speaks.
const (
	RopRelease               ID = 0x01
	RopOpenFolder            ID = 0x02
	RopGetHierarchyTable     ID = 0x04
	RopGetContentsTable      ID = 0x05
	RopGetPropertiesSpecific ID = 0x07
	RopSetColumns            ID = 0x12
	RopQueryRows             ID = 0x15
	RopGetReceiveFolder      ID = 0x27
	RopRegisterNotification  ID = 0x29
	RopNotify                ID = 0x2A
	RopPending               ID = 0x6E
	RopGetStoreState         ID = 0x7B
	RopBackoff               ID = 0xF9
	RopLogon                 ID = 0xFE
	RopBufferTooSmall        ID = 0xFF
)

var names = map[ID]string{
	RopRelease: "RopRelease", RopOpenFolder: "RopOpenFolder",
	RopGetHierarchyTable: "RopGetHierarchyTable", RopGetContentsTable: "RopGetContentsTable",
	RopGetPropertiesSpecific: "RopGetPropertiesSpecific", RopSetColumns: "RopSetColumns",
	RopQueryRows: "RopQueryRows", RopGetReceiveFolder: "RopGetReceiveFolder",
	RopRegisterNotification: "RopRegisterNotification", RopNotify: "RopNotify",
	RopPending: "RopPending", RopGetStoreState: "RopGetStoreState",
	RopBackoff: "RopBackoff", RopLogon: "RopLogon", RopBufferTooSmall: "RopBufferTooSmall",
}

// String is the operation's name in the specification, "RopLogon", or "Rop0x99"
// for one this package does not speak.
func (id ID) String() string {
	if n := names[id]; n != "" {
		return n
	}
	return fmt.Sprintf("Rop0x%02X", uint8(id))
}
