package props

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Flags of a row and of a value in a flagged row (MS-OXCDATA 2.8.1, 2.11.5).
const (
	standardRow uint8 = 0x00
	flaggedRow  uint8 = 0x01

	flagValue  uint8 = 0x00
	flagAbsent uint8 = 0x01
	flagError  uint8 = 0x0A
)

// maxCells bounds what one body can make us allocate: an honest cell takes at
// least one byte, and no body is longer than 1 MiB.
const maxCells = 1 << 20

// ReadRow takes one row: a value for each column, in their order (PropertyRow,
// MS-OXCDATA 2.8.1; AddressBookPropertyRow, MS-OXCMAPIHTTP 2.2.1.7). A column of
// type Unspecified yields a tag with the type that came with the value. A failure
// is left in r, and the row is nil.
func ReadRow(r *wire.Reader, cols []Tag, d Dialect) []Value {
	flag := r.U8()
	if flag > flaggedRow {
		r.Fail("row flag 0x%02X", flag)
	}
	row := make([]Value, 0, min(len(cols), r.Remaining()))
	for _, col := range cols {
		if r.Err() != nil {
			return nil
		}
		row = append(row, readCell(r, col, flag == flaggedRow, d))
	}
	if r.Err() != nil {
		return nil
	}
	return row
}

func readCell(r *wire.Reader, col Tag, flagged bool, d Dialect) Value {
	typed := col.Type() == Unspecified
	if typed {
		col = col.WithType(Type(r.U16()))
	}
	flag := flagValue
	if flagged {
		flag = r.U8()
	}
	switch flag {
	case flagValue:
		return Value{col, ReadValue(r, col.Type(), d)}
	case flagAbsent:
		return Value{col, nil}
	case flagError:
		if typed {
			col = col.WithType(ErrorCode)
		}
		return Value{col, mapierr.Code(r.U32())}
	}
	r.Fail("value flag 0x%02X", flag)
	return Value{}
}

// ReadRows takes n rows, and refuses more cells than a body can honestly carry:
// use it, not a loop over ReadRow, for a count that came from the network.
func ReadRows(r *wire.Reader, n int, cols []Tag, d Dialect) [][]Value {
	if n < 0 || n > r.Remaining() || len(cols) > maxCells/max(n, 1) {
		r.Fail("%d rows of %d columns in %d bytes", n, len(cols), r.Remaining())
	}
	if r.Err() != nil {
		return nil
	}
	rows := make([][]Value, 0, n)
	for range n {
		row := ReadRow(r, cols, d)
		if r.Err() != nil {
			return nil
		}
		rows = append(rows, row)
	}
	return rows
}

// WriteRow appends one row. A nil value is written as absent, a mapierr.Code as
// the error of that column. The error is that of WriteValue, or says that the row
// does not have the columns.
func WriteRow(w *wire.Writer, cols []Tag, row []Value, d Dialect) error {
	if len(row) != len(cols) {
		return fmt.Errorf("%d values for %d columns", len(row), len(cols))
	}
	flag := standardRow
	for i := range row {
		if cellFlag(cols[i], row[i]) != flagValue {
			flag = flaggedRow
		}
	}
	w.U8(flag)
	for i := range row {
		if err := writeCell(w, cols[i], row[i], flag == flaggedRow, d); err != nil {
			return fmt.Errorf("%v: %w", cols[i], err)
		}
	}
	return nil
}

func writeCell(w *wire.Writer, col Tag, v Value, flagged bool, d Dialect) error {
	t := cellType(col, v)
	if col.Type() == Unspecified {
		w.U16(uint16(t))
	}
	flag := cellFlag(col, v)
	if flagged {
		w.U8(flag)
	}
	switch flag {
	case flagAbsent:
		return nil
	case flagError:
		t = ErrorCode
	}
	return WriteValue(w, t, v.V, d)
}

// cellFlag says how a flagged row must mark v.
func cellFlag(col Tag, v Value) uint8 {
	_, isCode := v.V.(mapierr.Code)
	switch {
	case v.V == nil:
		return flagAbsent
	case isCode && cellType(col, v) != ErrorCode:
		return flagError
	}
	return flagValue
}

// cellType is the type of v in column col.
func cellType(col Tag, v Value) Type {
	if col.Type() != Unspecified {
		return col.Type()
	}
	return v.Tag.Type()
}
