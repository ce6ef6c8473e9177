package props

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// codec reads and writes the values of one type.
type codec struct {
	read     func(r *wire.Reader, d Dialect) any
	write    func(w *wire.Writer, v any, d Dialect) error
	presence bool // in the NSPI dialect a HasValue byte comes first
}

// element is how one Go type travels: the fewest bytes it takes, and both ways.
type element[T any] struct {
	size     int
	presence bool
	read     func(r *wire.Reader, d Dialect) T
	write    func(w *wire.Writer, v T, d Dialect) error
}

// fixed is an element that travels alike in both dialects and always fits.
func fixed[T any](size int, read func(*wire.Reader) T, write func(*wire.Writer, T)) element[T] {
	return element[T]{
		size:  size,
		read:  func(r *wire.Reader, _ Dialect) T { return read(r) },
		write: func(w *wire.Writer, v T, _ Dialect) error { write(w, v); return nil },
	}
}

// optional is e with a HasValue byte in the NSPI dialect.
func optional[T any](e element[T]) element[T] {
	e.presence = true
	return e
}

// one is the codec of a single value.
func one[T any](e element[T]) codec {
	return codec{
		presence: e.presence,
		read:     func(r *wire.Reader, d Dialect) any { return e.read(r, d) },
		write: func(w *wire.Writer, v any, d Dialect) error {
			t, ok := v.(T)
			if !ok {
				return fmt.Errorf("%T where %T belongs", v, t)
			}
			return e.write(w, t, d)
		},
	}
}

// list is the codec of a multi-value: a count, then the values. The count has 32
// bits in both dialects (MS-OXCDATA 2.11.1.1; older editions of it said 16 for
// remote operations).
func list[T any](e element[T]) codec {
	return codec{
		presence: true,
		read: func(r *wire.Reader, d Dialect) any {
			size := e.size
			if e.presence && d == NSPI {
				size = 1 // an element can be a HasValue of zero
			}
			out := make([]T, r.Count32(size))
			for i := range out {
				if readPresence(r, e.presence, d) {
					out[i] = e.read(r, d)
				}
			}
			return out
		},
		write: func(w *wire.Writer, v any, d Dialect) error {
			ts, ok := v.([]T)
			if !ok {
				return fmt.Errorf("%T where %T belongs", v, ts)
			}
			w.U32(uint32(len(ts)))
			for _, t := range ts {
				writePresence(w, e.presence, d)
				if err := e.write(w, t, d); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func readPresence(r *wire.Reader, has bool, d Dialect) bool {
	return !has || d != NSPI || r.U8() != 0
}

func writePresence(w *wire.Writer, has bool, d Dialect) {
	if has && d == NSPI {
		w.U8(0xFF)
	}
}

var (
	i16     = fixed(2, func(r *wire.Reader) int16 { return int16(r.U16()) }, func(w *wire.Writer, v int16) { w.U16(uint16(v)) })
	i32     = fixed(4, func(r *wire.Reader) int32 { return int32(r.U32()) }, func(w *wire.Writer, v int32) { w.U32(uint32(v)) })
	i64     = fixed(8, func(r *wire.Reader) int64 { return int64(r.U64()) }, func(w *wire.Writer, v int64) { w.U64(uint64(v)) })
	f32     = fixed(4, func(r *wire.Reader) float32 { return math.Float32frombits(r.U32()) }, func(w *wire.Writer, v float32) { w.U32(math.Float32bits(v)) })
	f64     = fixed(8, func(r *wire.Reader) float64 { return math.Float64frombits(r.U64()) }, func(w *wire.Writer, v float64) { w.U64(math.Float64bits(v)) })
	code    = fixed(4, func(r *wire.Reader) mapierr.Code { return mapierr.Code(r.U32()) }, func(w *wire.Writer, v mapierr.Code) { w.U32(uint32(v)) })
	boolean = fixed(1, func(r *wire.Reader) bool { return r.U8() != 0 }, writeBool)
	instant = fixed(8, func(r *wire.Reader) time.Time { return fromTicks(r.U64()) }, func(w *wire.Writer, v time.Time) { w.U64(toTicks(v)) })
	guid    = fixed(16, (*wire.Reader).GUID, (*wire.Writer).GUID)
	ascii   = optional(fixed(1, (*wire.Reader).ASCIIZ, (*wire.Writer).ASCIIZ))
	utf16   = optional(fixed(2, (*wire.Reader).UTF16Z, (*wire.Writer).UTF16Z))
	binary  = element[[]byte]{size: 2, presence: true, read: readBinary, write: writeBinary}
	short   = element[[]byte]{size: 2, read: readShort, write: writeShort}
	object  = element[[]byte]{read: readObject, write: writeObject}
)

// codecs has every type that can travel in a row (MS-OXCDATA 2.11.1).
var codecs = map[Type]codec{
	Integer16: one(i16), Integer32: one(i32), Integer64: one(i64), Currency: one(i64),
	Floating32: one(f32), Floating64: one(f64), FloatingTime: one(f64),
	ErrorCode: one(code), Boolean: one(boolean), Time: one(instant), GUID: one(guid),
	String8: one(ascii), String: one(utf16), Binary: one(binary),
	ServerID: one(short), Object: one(object),

	Multi | Integer16: list(i16), Multi | Integer32: list(i32),
	Multi | Integer64: list(i64), Multi | Currency: list(i64),
	Multi | Floating32: list(f32), Multi | Floating64: list(f64), Multi | FloatingTime: list(f64),
	Multi | Time: list(instant), Multi | GUID: list(guid),
	Multi | String8: list(ascii), Multi | String: list(utf16), Multi | Binary: list(binary),
}

func writeBool(w *wire.Writer, v bool) {
	if v {
		w.U8(1)
	} else {
		w.U8(0)
	}
}

// Values are cloned so that a row does not hold on to the whole body.
func readBinary(r *wire.Reader, d Dialect) []byte {
	if d == NSPI {
		return bytes.Clone(r.Bytes(r.Count32(1)))
	}
	return readShort(r, d)
}

func writeBinary(w *wire.Writer, v []byte, d Dialect) error {
	if d == NSPI {
		w.U32(uint32(len(v)))
		w.Raw(v)
		return nil
	}
	return writeShort(w, v, d)
}

func readShort(r *wire.Reader, _ Dialect) []byte { return bytes.Clone(r.Bytes(r.Count16(1))) }

func writeShort(w *wire.Writer, v []byte, _ Dialect) error {
	if len(v) > math.MaxUint16 {
		return fmt.Errorf("%d bytes of value, more than 65535", len(v))
	}
	w.U16(uint16(len(v)))
	w.Raw(v)
	return nil
}

// An object takes no bytes in the address book: servers send its presence alone.
func readObject(r *wire.Reader, d Dialect) []byte {
	if d == NSPI {
		return []byte{}
	}
	return readShort(r, d)
}

func writeObject(w *wire.Writer, v []byte, d Dialect) error {
	if d == NSPI {
		return nil
	}
	return writeShort(w, v, d)
}
