package autodiscover

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bounds of an XML answer: a real one nests 7 deep and has some 100 elements,
// about 6 more for every shared mailbox.
const (
	maxDepth    = 24
	maxElements = 20_000
)

// element is one XML element. Names are local: servers and documentation do not
// agree on the namespaces (http or https, 2006 or 2006a), so they do not count.
type element struct {
	name     string
	attrs    []xml.Attr
	text     []byte // appended to piece by piece: comments can split it often
	children []*element
}

// parseXML reads one document within the bounds above. Entities declared in a
// document type are never expanded (encoding/xml knows the five standard ones).
func parseXML(b []byte) (*element, error) {
	if len(b) > maxBody {
		return nil, errors.New("the answer is larger than 1 MiB")
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
	// The wire charset is UTF-8 whatever the declaration says (MS-OXDSCLI 2.1);
	// the decoder itself refuses bytes that are not.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var top element
	open, count := []*element{&top}, 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		cur := open[len(open)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if count++; count > maxElements || len(open) > maxDepth {
				return nil, errors.New("the answer has too many or too deeply nested elements")
			}
			e := &element{name: t.Name.Local, attrs: t.Attr}
			cur.children = append(cur.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			cur.addText(t)
		}
	}
	if len(top.children) != 1 {
		return nil, errors.New("the answer is not one XML document")
	}
	return top.children[0], nil
}

// addText keeps text verbatim: a blank at the end of a LegacyDN is evidence.
// White space between child elements is layout and is dropped.
func (e *element) addText(b []byte) {
	if len(e.children) == 0 || len(bytes.TrimSpace(b)) > 0 {
		e.text = append(e.text, b...)
	}
}

// child is the first direct child of that name (any case), nil if there is none.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// all lists the direct children of that name.
func (e *element) all(name string) (out []*element) {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if strings.EqualFold(c.name, name) {
			out = append(out, c)
		}
	}
	return out
}

// raw is the text as it came, "" for a missing element or one with children.
func (e *element) raw(name string) string {
	c := e.child(name)
	if c == nil || len(c.children) > 0 {
		return ""
	}
	return string(c.text)
}

// value is raw without the white space around it: for URLs, names, numbers.
func (e *element) value(name string) string { return strings.TrimSpace(e.raw(name)) }

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
