package emsmdb

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// request is a body a client sends.
type request interface{ fields(*layout) }

func encodeRequest(q request) []byte {
	var w wire.Writer
	q.fields(&layout{w: &w})
	return w.Bytes()
}

// decodeRequest refuses leftovers: a server answers them with X-ResponseCode 12.
func decodeRequest[T any, P interface {
	*T
	request
}](b []byte) (*T, error) {
	q := P(new(T))
	l := &layout{r: wire.NewReader(b)}
	q.fields(l)
	l.r.Finish()
	if err := l.failure(); err != nil {
		return nil, err
	}
	return q, nil
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
func decodeResponse[T any, P interface {
	*T
	response
}](b []byte) (*T, error) {
	if len(b) == 0 {
		return nil, ErrEmptyBody
	}
	p := P(new(T))
	l := &layout{r: wire.NewReader(b)}
	status, errorCode, aux := p.head()
	l.code(status)
	switch {
	case l.r.Err() != nil:
		return nil, l.r.Err()
	case *status != 0:
		l.aux(aux) // informational: the code counts even when this fails
		return p, nil
	case len(b) == failureBodyLen:
		return nil, ErrFailureBody
	}
	l.code(errorCode)
	headErr := l.r.Err()
	p.fields(l)
	l.aux(aux)
	err := l.failure()
	if err != nil && headErr == nil && refusal(*errorCode) {
		codes := P(new(T)) // nothing half read
		_, e, _ := codes.head()
		*e = *errorCode
		return codes, nil
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// refusal says whether an ErrorCode means that the operation gave nothing; a
// warning comes with a whole body.
func refusal(c mapierr.Code) bool { return c != 0 && !c.Warning() }
