package props

import (
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

// ReadValue takes a value of type t, with its HasValue byte in the NSPI dialect.
// The result has the Go type that Value describes. A failure is left in r.
func ReadValue(r *wire.Reader, t Type, d Dialect) any { return nil }

// WriteValue appends what ReadValue takes. The error says that v does not have
// the Go type of t or is too long for its size field.
func WriteValue(w *wire.Writer, t Type, v any, d Dialect) error { return nil }

// ReadTagged takes a tag and its value (TaggedPropertyValue, MS-OXCDATA 2.11.4;
// AddressBookTaggedPropertyValue, MS-OXCMAPIHTTP 2.2.1.3).
func ReadTagged(r *wire.Reader, d Dialect) Value { return Value{} }

// WriteTagged appends what ReadTagged takes.
func WriteTagged(w *wire.Writer, v Value, d Dialect) error { return nil }

// ReadRow takes one row: a value for each column, in their order (PropertyRow,
// MS-OXCDATA 2.8.1; AddressBookPropertyRow, MS-OXCMAPIHTTP 2.2.1.7). A column of
// type Unspecified yields a tag with the type that came with the value. A failure
// is left in r.
func ReadRow(r *wire.Reader, cols []Tag, d Dialect) []Value { return nil }

// ReadRows takes n rows, and refuses more cells than a body can honestly carry:
// use it, not a loop over ReadRow, for a count that came from the network.
func ReadRows(r *wire.Reader, n int, cols []Tag, d Dialect) [][]Value { return nil }

// WriteRow appends one row. A nil value is written as absent, a mapierr.Code as
// the error of that column.
func WriteRow(w *wire.Writer, cols []Tag, row []Value, d Dialect) error { return nil }

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
