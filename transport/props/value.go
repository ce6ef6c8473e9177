package props

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Value is one property with its value.
//
// V is int16, int32, int64 (Integer64, Currency), float32, float64 (Floating64,
// FloatingTime), bool, string, []byte (Binary, ServerID, Object), time.Time in
// UTC, wire.GUID, mapierr.Code, or for a multi-value a slice of one of these
// (lists of binaries are [][]byte). nil means that the object has no such
// property. A mapierr.Code where the type is not ErrorCode means that the server
// could not give this property and says why.
type Value struct {
	Tag Tag
	V   any
}

// ReadValue takes a value of type t, with its HasValue byte in the NSPI dialect
// (PropertyValue, MS-OXCDATA 2.11.2; AddressBookPropertyValue, MS-OXCMAPIHTTP
// 2.2.1.1). The result has the Go type that Value describes, or is nil. A failure
// is left in r. The result shares no memory with r.
func ReadValue(r *wire.Reader, t Type, d Dialect) any {
	if t == Null {
		return nil
	}
	c, ok := codecs[t]
	if !ok {
		r.Fail("property type 0x%04X cannot be read", uint16(t))
		return nil
	}
	if !readPresence(r, c.presence, d) {
		return nil
	}
	if v := c.read(r, d); r.Err() == nil {
		return v
	}
	return nil
}

// WriteValue appends what ReadValue takes. The error says that v does not have
// the Go type of t or is too long for its size field. nil can be told only for
// Null, and in the NSPI dialect for types with a HasValue byte.
func WriteValue(w *wire.Writer, t Type, v any, d Dialect) error {
	if t == Null && v == nil {
		return nil
	}
	c, ok := codecs[t]
	if !ok {
		return fmt.Errorf("property type 0x%04X cannot be written", uint16(t))
	}
	if v == nil && c.presence && d == NSPI {
		w.U8(0)
		return nil
	}
	writePresence(w, c.presence, d)
	if err := c.write(w, v, d); err != nil {
		return fmt.Errorf("property type 0x%04X: %w", uint16(t), err)
	}
	return nil
}

// ReadTagged takes a tag and its value (TaggedPropertyValue, MS-OXCDATA 2.11.4;
// AddressBookTaggedPropertyValue, MS-OXCMAPIHTTP 2.2.1.2).
func ReadTagged(r *wire.Reader, d Dialect) Value {
	tag := Tag(r.U32())
	return Value{Tag: tag, V: ReadValue(r, tag.Type(), d)}
}

// WriteTagged appends what ReadTagged takes.
func WriteTagged(w *wire.Writer, v Value, d Dialect) error {
	w.U32(uint32(v.Tag))
	return WriteValue(w, v.Tag.Type(), v.V, d)
}

// Get finds a property in a row by its id, whatever its type word, and gives its
// value when that is a T.
func Get[T any](row []Value, tag Tag) (T, bool) {
	for _, v := range row {
		if v.Tag.ID() == tag.ID() {
			t, ok := v.V.(T)
			return t, ok
		}
	}
	var zero T
	return zero, false
}
