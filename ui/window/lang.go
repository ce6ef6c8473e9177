package window

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"fyne.io/fyne/v2/lang"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
)

// The catalogues: one file per language, with the same keys. A key is the English
// text itself, or "cause.…" and the like where the text comes from the engine.
//
//go:embed lang/*.json
var catalogues embed.FS

// Languages are those that the window speaks, beside "auto", the system's.
var Languages = []string{"auto", "en", "de"}

// args are the values that a text has places for.
type args = map[string]any

// L is the text in the language of the window, which is also its key; the first
// argument is always a literal, so that a test can hold the catalogues complete.
func L(text string, values ...any) string { return lang.L(text, values...) }

// N is L for a text that depends on a number, {{.N}}.
func N(text string, n int) string { return lang.N(text, n, args{"N": n}) }

// X is the text for a word of the engine, or fallback where the catalogue has none:
// the engine may know words that the window does not know yet. The fallback may
// hold what a server said, so it is never read as a template.
func X(kind, name, fallback string) string {
	key := kind + "." + name
	if !catalogueKeys()[spoken()][key] {
		return fallback
	}
	return lang.X(key, key)
}

// spoken is the code of the window's language.
func spoken() string { return lang.X("language.code", "en") }

// causeText is a text of a cause in the language of the window, with the names that
// it carries; one that the rule base does not have stays as it is.
func causeText(code, text string) string { return causes.TextIn(spoken(), code, text) }

// causeTitle is what a cause is called: in full, or where its sentence is of another
// version than this window, in the short words of the catalogue.
func causeTitle(code, title string) string {
	if full := causeText(code, title); full != title {
		return full
	}
	return X("cause", code, title)
}

// headlineWords is the headline of a verdict.
func headlineWords(v report.Verdict) string {
	if full := causes.HeadlineIn(spoken(), v); full != v.Headline {
		return full
	}
	return X("cause", v.Cause, v.Headline)
}

// catalogueKeys are the keys of every language.
var catalogueKeys = sync.OnceValue(func() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, code := range Languages[1:] {
		all[code] = map[string]bool{}
		b, err := catalogues.ReadFile("lang/" + code + ".json")
		var texts map[string]any
		if err != nil || json.Unmarshal(b, &texts) != nil {
			continue // setLanguage says so
		}
		for key := range texts {
			all[code][key] = true
		}
	}
	return all
})

// setLanguage loads the catalogues. A language that is not the system's own is
// loaded under the system's name: the toolkit follows the system alone.
func setLanguage(choice string) error {
	if err := lang.AddTranslationsFS(catalogues, "lang"); err != nil {
		return fmt.Errorf("the window's translations are broken: %w", err)
	}
	if choice == "" || choice == "auto" {
		return nil
	}
	b, err := catalogues.ReadFile("lang/" + choice + ".json")
	if err != nil {
		return fmt.Errorf("the window does not speak %q", choice)
	}
	return lang.AddTranslationsForLocale(b, lang.SystemLocale())
}
