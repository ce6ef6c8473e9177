package emsmdb

import (
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// layout walks the fields of a body once, either reading or writing them: a
// body's layout is stated in one place and its two directions cannot disagree.
// Exactly one of r and w is set.
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
	ms := uint32(p.Milliseconds())
	l.u32(&ms)
	*p = time.Duration(ms) * time.Millisecond
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

// request is a body a client sends.
type request interface{ fields(*layout) }

func encodeRequest(q request) []byte {
	var w wire.Writer
	q.fields(&layout{w: &w})
	return w.Bytes()
}

// decodeRequest refuses leftovers: a server answers them with X-ResponseCode 12.
func decodeRequest(b []byte, q request) error {
	l := &layout{r: wire.NewReader(b)}
	q.fields(l)
	l.r.Finish()
	return l.failure()
}

// response is a body a server sends. head gives what every response has, fields
// walks what stands between ErrorCode and the auxiliary buffer.
type response interface {
	head() (status, errorCode *mapierr.Code, aux *[]Aux)
	fields(*layout)
}

func encodeResponse(p response) []byte {
	var w wire.Writer
	l := &layout{w: &w}
	status, errorCode, aux := p.head()
	l.code(status)
	if *status == 0 {
		l.code(errorCode)
		p.fields(l)
	}
	l.aux(aux)
	return w.Bytes()
}

// failureBodyLen is StatusCode and an AuxiliaryBufferSize of 0; every success
// body is longer.
const failureBodyLen = 8

// decodeResponse tolerates bytes after the auxiliary buffer: they do no harm,
// and refusing them would report a working session as broken.
func decodeResponse(b []byte, p response) error {
	if len(b) == 0 {
		return ErrEmptyBody
	}
	l := &layout{r: wire.NewReader(b)}
	status, errorCode, aux := p.head()
	l.code(status)
	switch {
	case l.r.Err() != nil:
		return l.r.Err()
	case *status != 0:
		l.aux(aux) // informational: the code counts even when this fails
		return nil
	case len(b) == failureBodyLen:
		return ErrFailureBody
	}
	l.code(errorCode)
	headErr := l.r.Err()
	p.fields(l)
	l.aux(aux)
	if refused := *errorCode != 0 && !errorCode.Warning(); refused && headErr == nil {
		return nil // the server's own code says more than a rest that does not decode
	}
	return l.failure()
}
