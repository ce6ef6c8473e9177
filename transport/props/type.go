package props

// Type is the type of a property value (MS-OXCDATA 2.11.1). Multi is the bit that
// makes a list of it.
type Type uint16

// The property types that a row or a value list can carry.
const (
	Unspecified  Type = 0x0000 // in a column: the type travels with each value
	Null         Type = 0x0001
	Integer16    Type = 0x0002
	Integer32    Type = 0x0003
	Floating32   Type = 0x0004
	Floating64   Type = 0x0005
	Currency     Type = 0x0006 // 1/10000 units
	FloatingTime Type = 0x0007 // days since 1899-12-30
	ErrorCode    Type = 0x000A
	Boolean      Type = 0x000B
	Object       Type = 0x000D
	Integer64    Type = 0x0014
	String8      Type = 0x001E // bytes in the session's code page
	String       Type = 0x001F
	Time         Type = 0x0040
	GUID         Type = 0x0048
	ServerID     Type = 0x00FB
	Binary       Type = 0x0102
	Multi        Type = 0x1000
)

// Dialect says which of the two encodings a body uses.
type Dialect int

// The two encodings.
const (
	ROP  Dialect = iota // remote operations: 16-bit sizes of binaries (MS-OXCDATA 2.11)
	NSPI                // address book: 32-bit sizes, a HasValue byte before strings, binaries and lists (MS-OXCMAPIHTTP 2.2.1)
)
