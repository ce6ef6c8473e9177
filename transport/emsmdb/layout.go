package emsmdb

import (
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// layout walks the fields of a body once, either reading or writing them: a
// body's layout is stated in one place and its two directions cannot disagree.
// Exactly one of r and w is set. Writing leaves the message untouched, so that one
// message may be sent from several goroutines.
type layout struct {
	r   *wire.Reader
	w   *wire.Writer
	err error // reading: the first fault inside an extended buffer
}

// failure is the first fault of the body itself, or else of a buffer in it.
func (l *layout) failure() error {
	if err := l.r.Err(); err != nil {
		return err
	}
	return l.err
}

func (l *layout) u32(p *uint32) {
	if l.r != nil {
		*p = l.r.U32()
	} else {
		l.w.U32(*p)
	}
}

func (l *layout) millis(p *time.Duration) {
	if l.r != nil {
		*p = time.Duration(l.r.U32()) * time.Millisecond
	} else {
		l.w.U32(uint32(p.Milliseconds()))
	}
}

func (l *layout) code(p *mapierr.Code) { l.u32((*uint32)(p)) }

func (l *layout) asciiz(p *string) {
	if l.r != nil {
		*p = l.r.ASCIIZ()
	} else {
		l.w.ASCIIZ(*p)
	}
}

func (l *layout) utf16z(p *string) {
	if l.r != nil {
		*p = l.r.UTF16Z()
	} else {
		l.w.UTF16Z(*p)
	}
}

// aux is the last field of every body: AuxiliaryBufferSize, AuxiliaryBuffer.
func (l *layout) aux(p *[]Aux) {
	if l.r != nil {
		*p = DecodeAux(l.r.Bytes(int(l.r.U32())))
		return
	}
	b := EncodeAux(*p)
	l.w.U32(uint32(len(b)))
	l.w.Raw(b)
}
