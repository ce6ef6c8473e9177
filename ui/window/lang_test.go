package window

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"

	"github.com/mapiscope/mapiscope/diag/causes"
	enginechecks "github.com/mapiscope/mapiscope/diag/checks"
	"github.com/mapiscope/mapiscope/diag/guide"
)

// catalogue is one language as its file has it; plurals are objects.
func catalogue(t *testing.T, code string) map[string]any {
	t.Helper()
	b, err := os.ReadFile("lang/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(b, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

// textsInCode are the first arguments of L and N; plural holds those of N.
func textsInCode(t *testing.T) (used, plural map[string]bool) {
	t.Helper()
	used, plural = map[string]bool{}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source files", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "lang.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fun, ok := call.Fun.(*ast.Ident)
			if !ok || fun.Name != "L" && fun.Name != "N" {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: %s is called with something else than a literal, which no catalogue can hold", name, fun.Name)
				return true
			}
			text, _ := strconv.Unquote(literal.Value)
			used[text] = true
			plural[text] = plural[text] || fun.Name == "N"
			return true
		})
	}
	return used, plural
}

// fromEngine says that a key names something of the engine.
func fromEngine(key string) bool {
	kind, _, ok := strings.Cut(key, ".")
	return ok && slices.Contains([]string{"group", "check", "cause", "guide", "language"}, kind)
}

var places = regexp.MustCompile(`\{\{\.\w+\}\}`)

// placesOf are the {{.Names}} of a text, or of the general form of a plural.
func placesOf(text any) []string {
	if forms, ok := text.(map[string]any); ok {
		text = forms["other"]
	}
	s, _ := text.(string)
	found := places.FindAllString(s, -1)
	slices.Sort(found)
	return found
}

func TestCataloguesAreComplete(t *testing.T) {
	used, plural := textsInCode(t)
	if len(used) < 100 {
		t.Fatalf("only %d texts were found: the rules would hold of nothing", len(used))
	}
	for _, code := range Languages[1:] {
		texts := catalogue(t, code)
		for text := range used {
			entry, ok := texts[text]
			forms, isPlural := entry.(map[string]any)
			switch {
			case !ok:
				t.Errorf("%s.json lacks %q", code, text)
			case plural[text] != isPlural, isPlural && (forms["one"] == nil || forms["other"] == nil):
				t.Errorf("%s.json: %q is counted, and needs the forms one and other (and no other text does)", code, text)
			case !slices.Equal(placesOf(entry), placesOf(text)):
				t.Errorf("%s.json: %q has not the places of %q", code, entry, text)
			}
		}
		for key, entry := range texts {
			if !used[key] && !fromEngine(key) {
				t.Errorf("%s.json holds %q, which the window never says", code, key)
			}
			if s, ok := entry.(string); ok && strings.TrimSpace(s) == "" {
				t.Errorf("%s.json: %q is empty", code, key)
			}
		}
	}
}

// TestTheEngineSpeaksGerman wants the name of every check and group and a sentence
// for every cause: whoever adds one adds a line to lang/de.json.
func TestTheEngineSpeaksGerman(t *testing.T) {
	german := catalogue(t, "de")
	wanted := map[string]bool{"language.code": true}
	for _, c := range enginechecks.All() {
		wanted["check."+c.ID], wanted["group."+c.Group] = true, true
	}
	for _, r := range causes.Rules() {
		wanted["cause."+r.Code] = true
	}
	for word := range guide.Words() {
		wanted["guide."+word] = true
	}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		if german[key] == nil {
			t.Errorf("lang/de.json lacks %q", key)
		}
	}
	for key := range german {
		if fromEngine(key) && !wanted[key] {
			t.Errorf("lang/de.json holds %q, which the engine does not know", key)
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Cleanup(func() { _ = setLanguage("en") })
	for code, want := range map[string]string{"de": "Jetzt prüfen", "en": "Check now"} {
		if err := setLanguage(code); err != nil {
			t.Fatal(err)
		}
		if got := L("Check now"); got != want {
			t.Errorf("%s: %q", code, got)
		}
		if got := lang.X("language.code", "?"); got != code {
			t.Errorf("%s: the catalogue calls itself %q", code, got)
		}
	}
	if got := X("cause", "unheard-of", "The server {{.said}} so."); got != "The server {{.said}} so." {
		t.Errorf("a word of the engine was read as a template: %q", got)
	}
	if setLanguage("xx") == nil {
		t.Error("there is no language xx")
	}
	_ = setLanguage("de")
	if got := N("{{.N}} checks", 1) + ", " + N("{{.N}} checks", 3); got != "1 Prüfung, 3 Prüfungen" {
		t.Error(got)
	}
}
