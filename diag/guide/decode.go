package guide

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of a guide file. They are far above what a person writes.
const (
	MaxFile    = 64 << 10 // bytes
	maxRules   = 100
	maxSteps   = 50 // of one rule
	maxChoices = 8
	maxNames   = 50 // causes, checks of one list
	maxText    = 2000
	maxName    = 200
)

// Vocabulary is what a guide file may speak of.
type Vocabulary struct {
	Causes []string
	Checks []string // ids and groups
	// Nearest finds the known name that looks most like a mistyped one, "" for none.
	Nearest func(name string, known []string) string
}

// FileError is a mistake in a guide file.
type FileError struct {
	Line     int // 0 is none in particular
	Sentence string
	Hint     string // the next step, may be ""
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return e.Sentence
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Sentence)
}

// ParseFile reads a guide file. Its errors are *FileError.
func ParseFile(b []byte, known Vocabulary) (*File, error) {
	if len(b) > MaxFile {
		return nil, &FileError{Sentence: fmt.Sprintf("it has more than %d bytes", MaxFile)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		said := strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "yaml: ")
		return nil, &FileError{Sentence: "it is no YAML, " + strings.Replace(said, "line ", "near line ", 1), Hint: "a text with a colon, a question mark or a bracket in it belongs into quotes"}
	}
	if len(doc.Content) == 0 {
		return nil, &FileError{Sentence: "it is empty", Hint: "docs/guide-example.yaml is one to begin with"}
	}
	f := &File{}
	d := &decoder{known: known}
	d.file(doc.Content[0], f)
	if d.err != nil {
		return nil, d.err
	}
	return f, nil
}

// decoder keeps the first mistake; what comes after it is not looked at.
type decoder struct {
	known Vocabulary
	err   error
}

func (d *decoder) fail(n *yaml.Node, hint, format string, args ...any) {
	if d.err == nil {
		d.err = &FileError{Line: n.Line, Sentence: fmt.Sprintf(format, args...), Hint: hint}
	}
}

// field reads the value of one key.
type field struct {
	key  string
	read func(*yaml.Node)
}

// mapping reads a list of keys with their values; a key that is not among fields,
// or there twice, is a mistake.
func (d *decoder) mapping(n *yaml.Node, what string, fields ...field) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "", "%s is a list of keys with values, such as %s: …", what, fields[0].key)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && d.err == nil; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == key.Value })
		switch {
		case at < 0:
			var names []string
			for _, f := range fields {
				names = append(names, f.key)
			}
			d.unknown(key, "key", names)
		case seen[key.Value]:
			d.fail(key, "", "the key %q is there twice", key.Value)
		default:
			seen[key.Value] = true
			fields[at].read(value)
		}
	}
}

func (d *decoder) unknown(n *yaml.Node, kind string, known []string) {
	hint := ""
	if meant := d.known.Nearest(n.Value, known); meant != "" {
		hint = fmt.Sprintf("did you mean %q?", meant)
	} else if len(known) <= 12 {
		hint = "there are " + strings.Join(known, ", ")
	}
	d.fail(n, hint, "unknown %s %q", kind, n.Value)
}

func (d *decoder) sequence(n *yaml.Node, what string, most int, each func(*yaml.Node)) {
	switch {
	case n.Kind != yaml.SequenceNode:
		d.fail(n, "begin each entry with a dash", "%s is a list", what)
		return
	case len(n.Content) == 0 || len(n.Content) > most:
		d.fail(n, "", "%s has %d entries; it may have 1 to %d", what, len(n.Content), most)
		return
	}
	for _, child := range n.Content {
		if d.err == nil {
			each(child)
		}
	}
}

// text reads one line or paragraph for people. What could move a cursor or turn
// the direction of writing has no place in it.
func (d *decoder) text(to *string, what string, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s := strings.TrimSpace(n.Value)
		switch {
		case n.Kind != yaml.ScalarNode:
			d.fail(n, "put it into quotes", "%s is a text", what)
		case s == "":
			d.fail(n, "leave the key out", "%s is empty", what)
		case len(s) > most:
			d.fail(n, "", "%s has more than %d bytes", what, most)
		case strings.ContainsFunc(s, notForPeople):
			d.fail(n, "", "%s holds a control character", what)
		}
		*to = s
	}
}

func notForPeople(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c || r == 0xfffd
}

func (d *decoder) oneOf(to *string, kind string, words ...string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || !slices.Contains(words, n.Value) {
			d.unknown(n, kind, words)
		}
		*to = n.Value
	}
}

func (d *decoder) names(to *[]string, kind string, known []string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.sequence(n, "the list of names", maxNames, func(c *yaml.Node) {
			if c.Kind != yaml.ScalarNode || !slices.Contains(known, c.Value) {
				d.unknown(c, kind, known)
			}
			*to = append(*to, c.Value)
		})
	}
}

func (d *decoder) number(to *int, what string, least, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if err := n.Decode(to); n.Kind != yaml.ScalarNode || err != nil || *to < least || *to > most {
			d.fail(n, "", "%s is a whole number from %d to %d", what, least, most)
		}
	}
}

func (d *decoder) yes(to *bool, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if err := n.Decode(to); n.Kind != yaml.ScalarNode || err != nil {
			d.fail(n, "", "%s is true or false", what)
		}
	}
}

var plainID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (d *decoder) id(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || !plainID.MatchString(n.Value) {
			d.fail(n, "for example new-laptop", "%q is no id: it is made of small letters, digits and dashes", n.Value)
		}
		*to = n.Value
	}
}

// webLink is a URL without a user in it, and without a character that would need
// to be escaped.
var webLink = regexp.MustCompile(`^https://[\pL\pN.-]+(:[0-9]{1,5})?([/?#][\pL\pN/?#&=%+,;:@!$'()*._~-]*)?$`)

// link is a URL that somebody will click on.
func (d *decoder) link(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.text(to, "url", maxName)(n)
		if !webLink.MatchString(*to) {
			d.fail(n, "for example https://tickets.contoso.com/new", "the url is not one that begins with https://")
		}
	}
}
