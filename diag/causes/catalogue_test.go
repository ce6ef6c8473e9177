package causes

import (
	"bytes"
	"encoding/json"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report/redact"
)

// allTexts are the English texts that a report can carry, each once.
func allTexts() map[string]bool {
	all := map[string]bool{oneThing: true}
	for _, list := range templates() {
		for _, t := range list {
			all[t.text] = true
		}
	}
	return all
}

func placesOf(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestGermanIsComplete wants a sentence for each text of the rule base, with the
// same values in it, and none for a text that is gone: whoever writes or changes a
// text changes lang/de.json.
func TestGermanIsComplete(t *testing.T) {
	texts, l := allTexts(), german()
	if len(texts) < 400 {
		t.Fatalf("only %d texts were found", len(texts))
	}
	for text := range texts {
		switch de := l.Texts[text]; {
		case de == "":
			t.Errorf("lang/de.json lacks %q", text)
		case !slices.Equal(placesOf(text), placesOf(de)):
			t.Errorf("%q has not the values of %q", de, text)
		}
	}
	for text := range l.Texts {
		if !texts[text] {
			t.Errorf("lang/de.json holds %q, which no rule says", text)
		}
	}
	for name, list := range l.Values {
		for text, de := range list {
			if !slices.Equal(placesOf(text), placesOf(de)) {
				t.Errorf("{%s}: %q has not the values of %q", name, de, text)
			}
		}
	}
}

// TestGermanIsWritten holds what can be held of style, and the form of the file.
func TestGermanIsWritten(t *testing.T) {
	mistake := regexp.MustCompile(`"|  |\.\.|\b([Dd]u|[Dd]ein\w*|daß)\b`)
	good := func(de string) {
		if mistake.MatchString(de) || strings.Count(de, "„") != strings.Count(de, "“") {
			t.Errorf("not how it is written here: %s", de)
		}
	}
	l := german()
	for _, de := range l.Texts {
		good(de)
	}
	for _, list := range l.Values {
		for _, de := range list {
			good(de)
		}
	}
	var sorted bytes.Buffer
	e := json.NewEncoder(&sorted)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(l); err != nil || !bytes.Equal(sorted.Bytes(), germanFile) {
		t.Errorf("lang/de.json is not sorted, with a text in each line (%v)", err)
	}
}

// TestValuesCanBeFound: between two places there are words, or nobody could tell
// where one value ends.
func TestValuesCanBeFound(t *testing.T) {
	texts := allTexts()
	for _, list := range german().Values {
		for text := range list {
			texts[text] = true
		}
	}
	for text := range texts {
		if strings.Contains(text, "}{") {
			t.Errorf("two places touch: %s", text)
		}
	}
}

// TestWhatIsNotKnownIsGerman: what stands in place of a value that is not known is
// English, and so are the clauses of certificates and phases.
func TestWhatIsNotKnownIsGerman(t *testing.T) {
	words := map[string][]string{}
	for text := range allTexts() {
		for _, place := range placesOf(text) {
			name := strings.Trim(place, "{}")
			words[name] = []string{fallbacks[name]}
		}
	}
	for _, clause := range certSentence {
		words["what"] = append(words["what"], clause)
	}
	for _, clause := range doing {
		words["doing"] = append(words["doing"], clause)
	}
	for name, list := range words {
		for _, word := range list {
			if strings.ToUpper(word) != word && german().Values[name][word] == "" {
				t.Errorf("lang/de.json lacks %q at {%s}", word, name)
			}
		}
	}
	for name := range german().Values {
		used := words[name] != nil
		for _, list := range german().Values {
			for text := range list {
				used = used || strings.Contains(text, "{"+name+"}")
			}
		}
		if !used {
			t.Errorf("lang/de.json has values for {%s}, which stands nowhere", name)
		}
	}
}

// TestValuesAreSaidSomewhere wants the words of each value in the code that says
// them: a clause that is written anew over there is English here until it is
// written anew here too.
func TestValuesAreSaidSomewhere(t *testing.T) {
	said := literals(t, ".", "../checks", "../suite", "..", "../../transport/certs", "../../transport/webcheck", "../../transport/outlook",
		"../../transport/autodiscover", "../../transport/rpchttp")
	inspectors, err := os.ReadFile("../../transport/certs/inspectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	said += string(inspectors)
	for month := time.January; month <= time.December; month++ {
		said += "\n " + month.String() + " "
	}
	for name, list := range german().Values {
		for text := range list {
			for _, words := range newTemplate(text).words {
				for _, clause := range regexp.MustCompile(`[,;] `).Split(words, -1) {
					if !saidIn(said, clause) {
						t.Errorf("lang/de.json has a value for {%s}, %q, and nobody says %q", name, text, clause)
					}
				}
			}
		}
	}
}

// TestTextsPassTheRedaction: a text that reads like a secret being named would come
// out of a report as "[secret]".
func TestTextsPassTheRedaction(t *testing.T) {
	for text := range allTexts() {
		if out := redact.Scrub(text); out != text {
			t.Errorf("%q becomes %q in a report", text, out)
		}
	}
}

// saidIn knows that a plural and a number before it are put together elsewhere.
func saidIn(said, words string) bool {
	words = strings.TrimSpace(words)
	words = strings.TrimPrefix(words, "1 ")
	return strings.Contains(said, words) || words == "days" && strings.Contains(said, "\nday\n")
}

// literals are the strings in the code of some packages, one a line.
func literals(t *testing.T, folders ...string) string {
	t.Helper()
	var out strings.Builder
	for _, folder := range folders {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no code in %s (%v)", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			code, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var s scanner.Scanner
			s.Init(token.NewFileSet().AddFile(name, -1, len(code)), code, nil, 0)
			for _, tok, lit := s.Scan(); tok != token.EOF; _, tok, lit = s.Scan() {
				if text, err := strconv.Unquote(lit); err == nil && tok == token.STRING {
					out.WriteString("\n" + text + "\n")
				}
			}
		}
	}
	return out.String()
}
