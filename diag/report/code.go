package report

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Code is what fits into the eight characters that a person reads out over the
// phone: the verdict, a mark of the cause and a mark of the computer. A mark is
// a few bits of a hash: it tells one from the others and gives no name away.
type Code struct {
	Status  Status
	Cause   uint16 // CauseMark, 0 for none
	Machine uint32 // MachineMark, 0 when it was redacted or is not known
}

// The bits of a code: seven characters of five, then one that checks them.
const (
	causeBits, machineBits = 14, 19
	codeLength             = 8
)

// crockford has no I, L, O and U, which are misread or misheard.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ErrNotACode is a code that was misread: its last character does not fit.
var ErrNotACode = errors.New("not a short code")

var codeStatuses = []Status{Unknown, Pass, Warn, Fail}

// ShortCode is the code of r. In a report whose names are stand-ins it has no
// mark of the computer.
func ShortCode(r *Report) Code {
	c := Code{Status: r.Verdict.Status, Cause: CauseMark(r.Verdict.Cause)}
	if r.Run.Redaction != "strict" {
		c.Machine = MachineMark(r.Machine.Hostname)
	}
	return c
}

// CauseMark is the mark of a cause, never 0 for one that has a name.
func CauseMark(cause string) uint16 { return uint16(mark("cause", cause, causeBits)) }

// MachineMark is the mark of a computer, by the first label of its name.
func MachineMark(hostname string) uint32 {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(hostname)), ".")
	return mark("machine", name, machineBits)
}

func mark(kind, name string, bits int) uint32 {
	if name == "" {
		return 0
	}
	sum := sha256.Sum256([]byte("mapiscope " + kind + " " + name))
	return max(binary.BigEndian.Uint32(sum[:])>>(32-bits), 1)
}

// String is the code in two groups of four: "XSPR-9C91".
func (c Code) String() string {
	var status uint64
	for i, s := range codeStatuses {
		if s == c.Status {
			status = uint64(i)
		}
	}
	bits := status<<(causeBits+machineBits) | uint64(c.Cause)<<machineBits | uint64(c.Machine)
	var digits [codeLength - 1]byte
	for i := range digits {
		digits[i] = byte(bits>>(5*(len(digits)-1-i))) & 31
	}
	var b strings.Builder
	for _, d := range append(digits[:], checkDigit(digits[:])) {
		b.WriteByte(crockford[d])
	}
	return b.String()[:4] + "-" + b.String()[4:]
}

// ParseCode reads a code as people write it: in any case, with blanks and
// hyphens, an O for a zero and an I or L for a one. ErrNotACode names a wrong one.
func ParseCode(s string) (Code, error) {
	plain := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if len(plain) != codeLength {
		return Code{}, fmt.Errorf("%w: it has %d characters, and a code has %d", ErrNotACode, len([]rune(plain)), codeLength)
	}
	var digits []byte
	for _, r := range plain {
		d := strings.IndexRune(crockford, r)
		if d < 0 {
			return Code{}, fmt.Errorf("%w: %q is in none", ErrNotACode, r)
		}
		digits = append(digits, byte(d))
	}
	if checkDigit(digits[:codeLength-1]) != digits[codeLength-1] {
		return Code{}, fmt.Errorf("%w: one character was misread, or two changed places", ErrNotACode)
	}
	var bits uint64
	for _, d := range digits[:codeLength-1] {
		bits = bits<<5 | uint64(d)
	}
	return Code{
		Status:  codeStatuses[bits>>(causeBits+machineBits)&3],
		Cause:   uint16(bits >> machineBits & (1<<causeBits - 1)),
		Machine: uint32(bits & (1<<machineBits - 1)),
	}, nil
}

// checkDigit is the sum of the digits, each times another power of the generator
// of GF(32), whose polynomial is x^5+x^2+1: it differs whenever one digit is
// another, or two have changed places.
func checkDigit(digits []byte) byte {
	var sum byte
	for _, d := range digits { // Horner's rule
		sum = double(sum) ^ d
	}
	return double(sum)
}

func double(d byte) byte {
	if d <<= 1; d&32 != 0 {
		d ^= 0b100101
	}
	return d
}
