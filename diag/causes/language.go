package causes

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Reports are in English, in every language of the person at the screen: they go to
// others. For the screen their texts of causes are translated here. A report carries
// texts that are filled in, so a text is held against the templates of its cause,
// and the values go into the same template of the other language.

//go:embed lang/de.json
var germanFile []byte

// language is the rule base in another language.
type language struct {
	Texts map[string]string `json:"texts"` // by the English template
	// Values are what places hold that is English too, by the name of the place:
	// templates themselves, for what the checks say in words.
	Values map[string]map[string]string `json:"values"`

	values map[string][]template // of Values, by name
}

var german = sync.OnceValue(func() *language {
	l := &language{values: map[string][]template{}}
	_ = json.Unmarshal(germanFile, l) // it is a part of the program; a test reads it
	for name, texts := range l.Values {
		for text := range texts {
			l.values[name] = append(l.values[name], newTemplate(text))
		}
		// The map has no order; those with as many words are told apart by the alphabet.
		slices.SortFunc(l.values[name], func(a, b template) int { return strings.Compare(a.text, b.text) })
		byWords(l.values[name])
	}
	return l
})

// in is the language with a code like "de", nil for English and any other.
func in(code string) *language {
	if code == "de" {
		return german()
	}
	return nil
}

// In is a finding with its texts in another language ("de"). What is not known there
// stays as it is: texts of another version, values, commands.
func In(lang string, f report.Finding) report.Finding {
	f.Title, f.Explanation = TextIn(lang, f.Code, f.Title), TextIn(lang, f.Code, f.Explanation)
	f.Actions, f.Or = slices.Clone(f.Actions), slices.Clone(f.Or)
	for i := range f.Actions {
		f.Actions[i].Text = TextIn(lang, f.Code, f.Actions[i].Text)
	}
	for i, o := range f.Or {
		f.Or[i].Title = TextIn(lang, o.Code, o.Title)
		f.Or[i].Decide.Text = TextIn(lang, f.Code, o.Decide.Text)
		if f.Or[i].Decide.Text == o.Decide.Text { // it may be a step of the rival
			f.Or[i].Decide.Text = TextIn(lang, o.Code, o.Decide.Text)
		}
	}
	return f
}

// TextIn is one text of a cause in another language: its title, its explanation, a
// step, or what decides between it and a rival. A text that is not known stays as
// it is.
func TextIn(lang, code, text string) string {
	if l := in(lang); l != nil {
		return l.text(code, text)
	}
	return text
}

// HeadlineIn is the headline of a verdict in another language, of a whole report or
// of what is known of one.
func HeadlineIn(lang string, v report.Verdict) string {
	l := in(lang)
	if l == nil {
		return v.Headline
	}
	said, comfort := v.Headline, ""
	if alone, ok := strings.CutSuffix(said, " "+legacyTitle()); ok {
		said, comfort = alone, " "+l.Texts[legacyTitle()]
	}
	begin := ""
	if one, ok := strings.CutPrefix(said, oneThing); ok {
		said, begin = one, l.Texts[oneThing]
	}
	title := l.text(v.Cause, said)
	if title == said {
		said = upperFirst(said)
		title = l.text(v.Cause, said)
	}
	if title == said {
		return l.text("", v.Headline)
	}
	return begin + title + comfort
}

// maxText is the longest text that is looked at; those of the rule base are far
// shorter, and a report may come from anywhere.
const maxText = 1 << 16

func (l *language) text(code, said string) string {
	if said == "" || len(said) > maxText {
		return said
	}
	for _, t := range templates()[code] {
		if v, ok := t.match(said); ok && l.Texts[t.text] != "" {
			return l.fill(l.Texts[t.text], v, 0)
		}
	}
	return said
}

// deepest is how many values a value can be made of, one in the other.
const deepest = 4

func (l *language) fill(t string, v vars, depth int) string {
	return placeholder.ReplaceAllStringFunc(t, func(m string) string {
		name := m[1 : len(m)-1]
		return l.value(name, v[name], depth)
	})
}

// value is what stands at a place, in words of the language where it is words.
func (l *language) value(name, said string, depth int) string {
	if depth == deepest {
		return said
	}
	for _, t := range l.values[name] {
		if v, ok := t.match(said); ok {
			return l.fill(l.Values[name][t.text], v, depth+1)
		}
	}
	return said
}

// templates are the texts of every cause by its code, those of verdicts without a
// cause under "".
var templates = sync.OnceValue(func() map[string][]template {
	all := map[string][]template{"": {newTemplate(works), newTemplate(notReached), newTemplate(inOrder)},
		NoKnownCause: {newTemplate(unknownTitle), newTemplate(unknownExplanation), newTemplate(unknownStep)}}
	for _, r := range Rules() {
		list := []template{newTemplate(r.Title), newTemplate(r.Explanation)}
		for _, a := range r.Actions {
			list = append(list, newTemplate(a.Text))
		}
		all[r.Code] = list
	}
	for _, r := range rivalries {
		all[r.Cause] = append(all[r.Cause], newTemplate(r.Decide.Text))
	}
	for _, list := range all {
		byWords(list)
	}
	return all
})
