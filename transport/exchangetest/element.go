package exchangetest

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// element is a piece of XML to be written, with text or with children.
type element struct {
	name     string
	attrs    string // as it stands in the tag: ` Type="mapiHttp" Version="1"`
	text     string
	children []element
}

func group(name string, children ...element) element { return element{name: name, children: children} }

func leaf(name, text string) element { return element{name: name, text: text} }

func (e element) write(b *strings.Builder, indent string, depth int) {
	pad := strings.Repeat(indent, depth)
	b.WriteString(pad + "<" + e.name + e.attrs + ">")
	if len(e.children) == 0 {
		b.WriteString(escape(e.text) + "</" + e.name + ">\n")
		return
	}
	b.WriteString("\n")
	for _, c := range e.children {
		c.write(b, indent, depth+1)
	}
	b.WriteString(pad + "</" + e.name + ">\n")
}

func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // cannot fail on a Buffer
	return b.String()
}
