package mapihttp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"time"
)

// The meta-tags of MS-OXCMAPIHTTP 2.2.7. None is a prefix of another, so each is
// known with its last letter, without its line end: gromox sends PENDING without
// one, glued to the next tag.
const (
	TagProcessing = "PROCESSING"
	TagPending    = "PENDING"
	TagDone       = "DONE"
)

// Tag is one meta-tag and when it arrived, counted from the start of the request.
type Tag struct {
	Name string
	At   time.Duration
}

// Errors of the inner stream. They are wrapped with details; use errors.Is.
var (
	ErrMalformed = errors.New("the answer does not follow the MAPI/HTTP framing")
	ErrTooLarge  = errors.New("the answer is larger than any honest one")
	ErrCutOff    = errors.New("the answer ended before it was complete")
)

// inner is what the inner stream of one answer holds (MS-OXCMAPIHTTP 2.2.7).
type inner struct {
	tags    []Tag
	headers http.Header // the additional headers, last value wins
	body    []byte
}

// tagged says whether the answer had meta-tags at all. Without them the whole
// payload is the body: an error page, say.
func (in *inner) tagged() bool { return len(in.tags) > 0 }

// readers are kept between answers: their buffers are most of what one costs.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, MaxHeaderLine) }}

// readInner takes apart the inner stream in body. onTag hears each tag as it
// arrives and says when that was. What was understood before a failure is
// returned with the error.
func readInner(body io.Reader, limits Limits, onTag func(name string) Tag) (*inner, error) {
	r := readers.Get().(*bufio.Reader)
	r.Reset(body)
	defer func() {
		r.Reset(nil)
		readers.Put(r)
	}()
	return (&framer{r: r, limits: limits, onTag: onTag}).read()
}

// framer reads one inner stream, independent of chunk and packet borders.
type framer struct {
	r      *bufio.Reader
	limits Limits
	onTag  func(name string) Tag
	word   [MaxTagLine]byte // of the tag being read
}

func (f *framer) read() (*inner, error) {
	in := &inner{}
	for {
		name, seen, err := f.tag(in.tagged())
		if err != nil {
			return in, err
		}
		if name == "" { // no tags in this answer
			return in, f.rest(in, seen)
		}
		in.tags = append(in.tags, f.onTag(name))
		if name == TagDone {
			break
		}
		if len(in.tags) >= f.limits.Tags {
			return in, fmt.Errorf("%w: more than %d meta-tags", ErrTooLarge, f.limits.Tags)
		}
	}
	if err := f.endOfLine(); err != nil {
		return in, err
	}
	if err := f.additional(in); err != nil {
		return in, err
	}
	return in, f.rest(in, nil)
}

// tag reads up to and including the last letter of the next tag. When the first
// bytes of the answer are no tag, name is empty and seen is what was read.
func (f *framer) tag(started bool) (name string, seen []byte, err error) {
	word, gap := f.word[:0], 0
	for {
		c, err := f.r.ReadByte()
		if err != nil {
			return f.tagEnd(started, word, err)
		}
		if started && len(word) == 0 && isBlank(c) {
			if gap++; gap > MaxTagLine {
				return "", nil, fmt.Errorf("%w: only blanks after a meta-tag", ErrMalformed)
			}
			continue
		}
		word = append(word, c)
		full, part := matchTag(word)
		switch {
		case full != "":
			return full, nil, nil
		case part:
		case started:
			return "", nil, fmt.Errorf("%w: %q where a meta-tag should be", ErrMalformed, word)
		default:
			return "", bytes.Clone(word), nil
		}
	}
}

// tagEnd judges a stream that ended where a tag could have been.
func (f *framer) tagEnd(started bool, word []byte, err error) (string, []byte, error) {
	if err == io.EOF {
		if !started {
			return "", bytes.Clone(word), nil
		}
		err = fmt.Errorf("%w: no %s", ErrCutOff, TagDone)
	}
	return "", nil, err
}

func matchTag(word []byte) (full string, part bool) {
	for _, t := range [...]string{TagProcessing, TagPending, TagDone} {
		if string(word) == t {
			return t, false
		}
		part = part || strings.HasPrefix(t, string(word))
	}
	return "", part
}

func isBlank(c byte) bool { return c == '\r' || c == '\n' || c == ' ' || c == '\t' }

// endOfLine takes the line end behind DONE.
func (f *framer) endOfLine() error {
	line, err := f.line(MaxTagLine)
	if err == io.EOF {
		return nil // DONE and nothing more: an answer without a body
	}
	if err == nil && len(bytes.TrimSpace(line)) > 0 {
		err = fmt.Errorf("%w: %q behind %s", ErrMalformed, line, TagDone)
	}
	return err
}

// additional reads the headers behind DONE up to the empty line. A server that
// ends the answer without it has sent no body.
func (f *framer) additional(in *inner) error {
	for n := 0; ; n++ {
		line, err := f.line(MaxHeaderLine)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		if n >= f.limits.AdditionalHeaders {
			return fmt.Errorf("%w: more than %d additional headers", ErrTooLarge, f.limits.AdditionalHeaders)
		}
		name, value, ok := strings.Cut(string(line), ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t\x00") {
			return fmt.Errorf("%w: additional header %q", ErrMalformed, cut(string(line), MaxTagLine))
		}
		if in.headers == nil {
			in.headers = make(http.Header, 4)
		}
		in.headers[textproto.CanonicalMIMEHeaderKey(name)] = []string{strings.TrimSpace(value)}
	}
}

// line reads up to a line feed and returns the line without its end, good until
// the next read. io.EOF means that the stream ended cleanly before the line's first
// byte.
func (f *framer) line(limit int) ([]byte, error) {
	line, err := f.r.ReadSlice('\n')
	switch {
	case err == bufio.ErrBufferFull || len(line) > limit:
		return nil, fmt.Errorf("%w: a line of more than %d bytes", ErrTooLarge, limit)
	case err == io.EOF && len(line) > 0:
		return nil, fmt.Errorf("%w: in the middle of a line behind %s", ErrCutOff, TagDone)
	case err != nil:
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'}), nil
}

// rest reads the body, which starts with the bytes already taken.
func (f *framer) rest(in *inner, taken []byte) error {
	body, err := io.ReadAll(io.LimitReader(f.r, int64(f.limits.Body-len(taken)+1)))
	if len(taken) > 0 {
		body = append(taken, body...)
	}
	in.body = body
	if err == nil && len(body) > f.limits.Body {
		in.body = body[:f.limits.Body]
		err = fmt.Errorf("%w: a body of more than %d bytes", ErrTooLarge, f.limits.Body)
	}
	return err
}

// cut shortens s for a message.
func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
