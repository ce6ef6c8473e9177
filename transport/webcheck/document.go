package webcheck

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// document is a page as lines of text, the way a person reads it.
type document struct {
	title    string
	lines    []line
	password bool // it has a field for a password
}

// line is what stands between two line breaks.
type line []span

type span struct {
	text   string
	strong bool // bold, or the head of a row
	cell   bool // a new cell of a table begins here
}

// maxLines bounds the lines of a document; a status page has 20.
const maxLines = 2000

// read never fails: what is not HTML is text, and what is cut short ends there.
func read(body []byte) *document {
	r := reader{tokens: html.NewTokenizer(bytes.NewReader(body)), doc: &document{}}
	r.tokens.SetMaxBuf(maxBody)
	for r.tokens.Next() != html.ErrorToken && len(r.doc.lines) < maxLines {
		r.token(r.tokens.Token())
	}
	r.endLine()
	return r.doc
}

type reader struct {
	tokens *html.Tokenizer
	doc    *document
	now    line
	strong int       // depth
	cell   bool      // the next text begins a cell
	inside atom.Atom // title, or a tag whose text nobody sees; 0 outside
}

func (r *reader) token(t html.Token) {
	switch t.Type {
	case html.TextToken:
		r.text(t.Data)
	case html.StartTagToken:
		r.open(t)
		switch t.DataAtom {
		case atom.Title, atom.Script, atom.Style, atom.Noscript:
			r.inside = t.DataAtom
		case atom.B, atom.Strong, atom.Th, atom.Dt:
			r.strong++
		}
	case html.SelfClosingTagToken:
		r.open(t)
	case html.EndTagToken:
		r.close(t.DataAtom)
	}
}

func (r *reader) text(data string) {
	switch r.inside {
	case 0:
	case atom.Title:
		r.doc.title = cut(strings.Join(strings.Fields(r.doc.title+" "+data), " "), maxValue)
		return
	default:
		return
	}
	r.now = append(r.now, span{text: data, strong: r.strong > 0, cell: r.cell})
	r.cell = false
}

// open begins a line or a cell.
func (r *reader) open(t html.Token) {
	switch {
	case breaks(t.DataAtom):
		r.endLine()
	case t.DataAtom == atom.Td || t.DataAtom == atom.Th:
		r.cell = true
	case t.DataAtom == atom.Input:
		for _, a := range t.Attr {
			r.doc.password = r.doc.password || a.Key == "type" && strings.EqualFold(strings.TrimSpace(a.Val), "password")
		}
	}
}

func (r *reader) close(tag atom.Atom) {
	switch {
	case tag == r.inside:
		r.inside = 0
	case tag == atom.B || tag == atom.Strong || tag == atom.Th || tag == atom.Dt:
		r.strong = max(r.strong-1, 0)
	case breaks(tag):
		r.endLine()
	}
}

// breaks says that a tag begins and ends a line of its own.
func breaks(tag atom.Atom) bool {
	switch tag {
	case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Table, atom.Hr, atom.Pre,
		atom.Body, atom.Html, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

func (r *reader) endLine() {
	if strings.TrimSpace(r.now.text()) != "" {
		r.doc.lines = append(r.doc.lines, r.now)
	}
	r.now, r.cell = nil, false
}

// text is the whole line.
func (l line) text() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return tidy(b.String())
}

// tidy makes one blank of every run of them, as a browser does.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// pairs are the labels and values of a line: bold labels, rows of a table, or one
// plain "Label: value".
func (l line) pairs() []Pair {
	cells, strong := 0, false
	for _, s := range l {
		strong = strong || s.strong && tidy(s.text) != ""
		if s.cell {
			cells++
		}
	}
	switch {
	case cells > 1:
		return l.row()
	case strong:
		return l.bold()
	}
	return plain(l.text())
}

// row takes the first cell as label and the others as value.
func (l line) row() []Pair {
	var label, value strings.Builder
	cell := 0
	for _, s := range l {
		if s.cell {
			cell++
		}
		if cell <= 1 {
			label.WriteString(s.text)
		} else {
			value.WriteString(s.text)
		}
	}
	return []Pair{{strings.TrimSuffix(tidy(label.String()), ":"), tidy(value.String())}}
}

// bold takes each bold text that a colon follows as label, and what follows up to
// the next one as value.
func (l line) bold() []Pair {
	var out []Pair
	for i := 0; i < len(l); {
		start, value := i, ""
		for i < len(l) && l[i].strong == l[start].strong {
			value += l[i].text
			i++
		}
		if !l[start].strong || tidy(value) == "" {
			continue
		}
		label := value
		value = ""
		for i < len(l) && !l[i].strong {
			value += l[i].text
			i++
		}
		out = append(out, plain(tidy(label+" "+value))...) // the colon may be bold or not
	}
	return out
}

// plain splits at the first colon that a blank or the end follows: "10:15" or a
// URL is no label.
func plain(s string) []Pair {
	label, value, ok := strings.Cut(s+" ", ": ")
	if !ok {
		return nil
	}
	return []Pair{{strings.TrimSpace(label), strings.TrimSpace(value)}}
}
