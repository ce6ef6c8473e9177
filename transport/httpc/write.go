package httpc

import (
	"bufio"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// outgoing is one HTTP request as it goes out: a target, perhaps with a token,
// perhaps without the body.
type outgoing struct {
	*target
	authorization string // value of the field, "" for none
	authn         string // how, for the record
	empty         bool   // a leg of a handshake: no body yet
}

// uploads says that the answer is not waited for: see Upload.
func (o *outgoing) uploads() bool { return o.upload > 0 && !o.empty }

// write puts the request into w. The buffer keeps the first error, so Flush tells.
func (o *outgoing) write(w *bufio.Writer, userAgent string, absolute bool) error {
	w.WriteString(o.req.Method)
	w.WriteByte(' ')
	if absolute {
		w.WriteString("http://")
		w.WriteString(o.host)
	}
	w.WriteString(o.url.RequestURI())
	w.WriteString(" HTTP/1.1\r\nHost: ")
	w.WriteString(o.host)
	w.WriteString("\r\n")
	own := writeHeader(w, o.req.Header)
	if userAgent != "" && !own {
		field(w, "User-Agent", userAgent)
	}
	if o.authorization != "" {
		field(w, "Authorization", o.authorization)
	}
	body := o.body()
	length := int64(len(body))
	if o.uploads() {
		length = o.upload
	}
	if length > 0 || hasBody(o.req.Method) {
		w.WriteString("Content-Length: ")
		w.Write(strconv.AppendInt(w.AvailableBuffer(), length, 10))
		w.WriteString("\r\n")
	}
	w.WriteString("\r\n")
	w.Write(body)
	return w.Flush()
}

func (o *outgoing) body() []byte {
	if o.empty {
		return nil
	}
	return o.req.Body
}

// writeHeader writes the fields in the order of their names and says whether
// User-Agent was among them.
func writeHeader(w *bufio.Writer, h http.Header) (userAgent bool) {
	var room [16]string // most requests need no allocation
	names := room[:0]
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range h[name] {
			field(w, name, v)
		}
		userAgent = userAgent || len(name) == 10 && strings.EqualFold(name, "User-Agent")
	}
	return userAgent
}

func field(w *bufio.Writer, name, value string) {
	w.WriteString(name)
	w.WriteString(": ")
	w.WriteString(value)
	w.WriteString("\r\n")
}

// hasBody names the methods that say "Content-Length: 0" when they have none
// (RFC 9110 8.6); IIS answers 411 otherwise. The channels of RPC over HTTP are
// among them (MS-RPCH 2.1.2.1).
func hasBody(method string) bool {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, "RPC_IN_DATA", "RPC_OUT_DATA":
		return true
	}
	return false
}
