package nspi

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// fielder is a body, or the part of a response between ErrorCode and the
// auxiliary buffer.
type fielder interface{ fields(*layout) }

func encodeRequest(q fielder) ([]byte, error) {
	var w wire.Writer
	q.fields(&layout{w: &w})
	if err := w.Err(); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

// decodeRequest refuses leftovers: a server answers them with X-ResponseCode 12.
func decodeRequest[T any, P interface {
	*T
	fielder
}](b []byte) (*T, error) {
	q := P(new(T))
	r := wire.NewReader(b)
	q.fields(&layout{r: r})
	if err := r.Finish(); err != nil {
		return nil, err
	}
	return q, nil
}

type responder interface {
	fielder
	result() *Result
}

func encodeResponse(p responder) ([]byte, error) {
	var w wire.Writer
	l := &layout{w: &w}
	res := p.result()
	l.code(&res.StatusCode)
	if _, unbind := p.(*UnbindResponse); unbind || res.StatusCode == 0 {
		l.code(&res.ErrorCode)
	}
	if res.StatusCode == 0 {
		p.fields(l)
	}
	l.aux(&res.Aux)
	if err := w.Err(); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

// failureBodyLen is StatusCode and an AuxiliaryBufferSize of 0; every success
// body is longer.
const failureBodyLen = 8

// decodeResponse tolerates bytes after the auxiliary buffer: they do no harm,
// and refusing them would report a working address book as broken.
func decodeResponse[T any, P interface {
	*T
	responder
}](b []byte) (*T, error) {
	if len(b) == 0 {
		return nil, ErrEmptyBody
	}
	p := P(new(T))
	l := &layout{r: wire.NewReader(b)}
	res := p.result()
	l.code(&res.StatusCode)
	switch {
	case l.r.Err() != nil:
		return nil, l.r.Err()
	case res.StatusCode != 0:
		decodeFailure(l, p, len(b))
		return p, nil
	case len(b) == failureBodyLen:
		return nil, ErrFailureBody
	}
	l.code(&res.ErrorCode)
	headErr := l.r.Err()
	p.fields(l)
	l.aux(&res.Aux)
	err := l.r.Err()
	if err != nil && headErr == nil && refusal(res.ErrorCode) {
		codes := P(new(T)) // nothing half read
		*codes.result() = Result{ErrorCode: res.ErrorCode}
		return codes, nil
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// refusal says whether an ErrorCode means that the operation gave nothing. The
// two results of Unbind and the warnings come with a whole body.
func refusal(c mapierr.Code) bool { return c > UnbindFailure && !c.Warning() }

// decodeFailure reads what follows a StatusCode that is not 0. It is
// informational: the code counts even when the rest does not decode.
func decodeFailure(l *layout, p responder, size int) {
	res := p.result()
	// Unbind alone has an ErrorCode there (MS-OXCMAPIHTTP 2.2.5.2.3).
	if _, unbind := p.(*UnbindResponse); unbind && size > failureBodyLen {
		l.code(&res.ErrorCode)
	}
	l.aux(&res.Aux)
}
