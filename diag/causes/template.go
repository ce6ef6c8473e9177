package causes

import (
	"slices"
	"strings"
)

// template is a text with places for values, taken apart: the literal texts around
// the places, one more than there are names.
type template struct {
	text  string
	words []string
	names []string
}

func newTemplate(text string) template {
	t := template{text: text}
	from := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		t.words = append(t.words, text[from:at[0]])
		t.names = append(t.names, text[at[2]:at[3]])
		from = at[1]
	}
	t.words = append(t.words, text[from:])
	return t
}

// match finds the values with which the template was filled to give said: each ends
// where the words behind its place first occur, unless it is what stands for a value
// that is not known. It is linear in what a server may have made long; a place that
// would hold two different values is no match.
func (t template) match(said string) (vars, bool) {
	rest, ok := strings.CutPrefix(said, t.words[0])
	if !ok {
		return nil, false
	}
	v := vars{}
	for i, name := range t.names {
		var value string
		words, last := t.words[i+1], i == len(t.names)-1
		unknown := fallbacks[name]
		switch {
		case last:
			value, ok = strings.CutSuffix(rest, words)
		case unknown != "" && strings.HasPrefix(rest, unknown+words):
			value, rest, ok = unknown, rest[len(unknown+words):], true
		default:
			value, rest, ok = strings.Cut(rest, words)
		}
		if had, twice := v[name]; !ok || twice && had != value {
			return nil, false
		}
		v[name] = value
	}
	return v, len(t.names) > 0 || rest == ""
}

// byWords puts the templates that say the most by themselves first: where two match,
// the one with fewer words matched by chance.
func byWords(list []template) []template {
	length := func(t template) int { return len(strings.Join(t.words, "")) }
	slices.SortStableFunc(list, func(a, b template) int { return length(b) - length(a) })
	return list
}
