package outlook

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// MaxFile bounds a registration file: an export of the whole Office key has
	// some 10 MiB.
	MaxFile = 64 << 20
	// maxKeys bounds what is kept of it.
	maxKeys = 200_000
)

// ParseRegFile reads a registration file as "reg export" and the registry editor
// write it (format 5.00, UTF-16 with a byte order mark, or UTF-8), and the older
// REGEDIT4. Deleted keys and values in it are left out.
//
// Errors: it is too large, it is no registration file, or the first line that
// cannot be read, with its number.
func ParseRegFile(data []byte) (*Registry, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("the file has more than %d MiB", MaxFile>>20)
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	lines := logicalLines(text)
	if len(lines) == 0 || !isRegHeader(lines[0].text) {
		return nil, errors.New(`it is no registration file: the first line is not "Windows Registry Editor Version 5.00"`)
	}
	p := regParser{out: &Registry{}, ansi: strings.HasPrefix(lines[0].text, "REGEDIT4")}
	for _, l := range lines[1:] {
		if err := p.line(l.text); err != nil {
			return nil, fmt.Errorf("line %d: %w", l.number, err)
		}
	}
	return p.out, nil
}

func isRegHeader(line string) bool {
	return strings.HasPrefix(line, "Windows Registry Editor Version 5") || line == "REGEDIT4"
}

// decodeText makes UTF-8 of UTF-16 with a byte order mark, or of UTF-8 with or
// without one. What is neither (an old code page) keeps its ASCII part.
func decodeText(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return fromUTF16(data[2:], binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	return string(data), nil
}

func fromUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", errors.New("it ends in the middle of a character")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

type regLine struct {
	number int
	text   string
}

// logicalLines joins the lines of one value: bytes go on behind a backslash, and a
// text goes on until its quotes are closed. Empty lines and comments are left out.
func logicalLines(text string) []regLine {
	var out []regLine
	var joined strings.Builder
	var open quotes
	bytes := false // inside a list of bytes
	for number, raw := range strings.Split(text, "\n") {
		raw = strings.TrimSuffix(raw, "\r")
		l := strings.TrimSpace(raw)
		if joined.Len() == 0 {
			if l == "" || strings.HasPrefix(l, ";") {
				continue
			}
			out = append(out, regLine{number: number + 1})
		}
		if !bytes {
			if open.scan(raw) && isValue(l, joined.Len() > 0) {
				joined.WriteString(raw + "\n")
				continue
			}
			_, value, _ := strings.Cut(l, "=")
			bytes = joined.Len() == 0 && hasPrefixFold(strings.TrimSpace(value), "hex")
		}
		if part, more := strings.CutSuffix(l, `\`); more && bytes {
			joined.WriteString(part)
			continue
		}
		joined.WriteString(l)
		out[len(out)-1].text = joined.String()
		joined.Reset()
		open, bytes = false, false
	}
	if joined.Len() > 0 {
		out[len(out)-1].text = joined.String()
	}
	return out
}

// isValue says that a line begins a value, or goes on with one: only there quotes
// mean something.
func isValue(l string, goesOn bool) bool {
	return goesOn || strings.HasPrefix(l, `"`) || strings.HasPrefix(l, "@")
}

// quotes says whether a text is open.
type quotes bool

// scan goes over one more line and says whether the text is still open behind it.
func (q *quotes) scan(l string) bool {
	for i := 0; i < len(l); i++ {
		switch {
		case l[i] == '\\' && bool(*q):
			i++
		case l[i] == '"':
			*q = !*q
		case l[i] == ';' && !bool(*q):
			return false // the rest is a comment
		}
	}
	return bool(*q)
}

type regParser struct {
	out  *Registry
	path string // of the key that values belong to; "" when they are to be left out
	ansi bool   // REGEDIT4: texts in bytes are in a code page
}

func (p *regParser) line(l string) error {
	switch {
	case strings.HasPrefix(l, "["):
		return p.section(l)
	case strings.HasPrefix(l, `"`), strings.HasPrefix(l, "@"):
		return p.value(l)
	}
	return fmt.Errorf("%.40q is neither a key nor a value", l)
}

func (p *regParser) section(l string) error {
	path, ok := strings.CutSuffix(l[1:], "]")
	if !ok || path == "" || path == "-" {
		return fmt.Errorf("%.60q is no key", l)
	}
	if strings.HasPrefix(path, "-") {
		p.path = ""
		return nil
	}
	if len(p.out.keys) >= maxKeys {
		return fmt.Errorf("more than %d keys", maxKeys)
	}
	p.path = path
	p.out.Add(path)
	return nil
}

func (p *regParser) value(l string) error {
	name, rest, err := valueName(l)
	if err != nil {
		return err
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(rest), "=")
	if !ok {
		return fmt.Errorf("%.60q has no value", l)
	}
	rest = strings.TrimSpace(rest)
	if rest == "-" || p.path == "" {
		return nil // deleted
	}
	v, err := p.data(rest)
	if err != nil {
		return err
	}
	p.out.Set(p.path, name, v)
	return nil
}

// valueName splits `"name"=…` or `@=…` behind the name.
func valueName(l string) (name, rest string, err error) {
	if rest, ok := strings.CutPrefix(l, "@"); ok {
		return "", rest, nil
	}
	return quoted(l)
}

// quoted reads a text in quotes, in which a backslash escapes itself and quotes.
func quoted(s string) (text, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", fmt.Errorf("the quotes of %.60q are not closed", s)
}

func (p *regParser) data(s string) (Value, error) {
	switch {
	case strings.HasPrefix(s, `"`):
		text, rest, err := quoted(s)
		if err == nil && strings.TrimSpace(rest) != "" && !strings.HasPrefix(strings.TrimSpace(rest), ";") {
			err = fmt.Errorf("something follows the text: %.40q", rest)
		}
		return StringValue(text), err
	case hasPrefixFold(s, "dword:"):
		n, err := strconv.ParseUint(field(s[len("dword:"):]), 16, 32)
		if err != nil {
			return Value{}, fmt.Errorf("%.40q is no number", s)
		}
		return DWORDValue(uint32(n)), nil
	case hasPrefixFold(s, "hex"):
		return p.bytes(s[len("hex"):])
	}
	return Value{}, fmt.Errorf("%.40q is no value", s)
}

// bytes reads ":01,02" and "(7):01,02"; the number is the type.
func (p *regParser) bytes(s string) (Value, error) {
	kind, list, ok := strings.Cut(s, ":")
	v := Value{Type: TypeBinary}
	if !ok {
		return v, fmt.Errorf("%.40q is no list of bytes", s)
	}
	if kind != "" {
		number, closed := strings.CutSuffix(strings.TrimPrefix(kind, "("), ")")
		n, err := strconv.ParseUint(number, 16, 32)
		if err != nil || !closed || !strings.HasPrefix(kind, "(") {
			return v, fmt.Errorf("%.20q is no type of value", kind)
		}
		v.Type = Type(n)
	}
	packed := strings.NewReplacer(",", "", " ", "", "\t", "").Replace(field(list))
	data, err := hex.DecodeString(packed)
	if err != nil {
		return v, fmt.Errorf("%.40q is no list of bytes", list)
	}
	if p.ansi && (v.Type == TypeExpand || v.Type == TypeMultiple) {
		data = widen(data)
	}
	v.Data = data
	return v, nil
}

// widen makes UTF-16 of bytes of a code page, as REGEDIT4 has them.
func widen(data []byte) []byte {
	out := make([]byte, 0, 2*len(data))
	for _, b := range data {
		out = append(out, b, 0)
	}
	return out
}

// field is s without a comment behind it.
func field(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
