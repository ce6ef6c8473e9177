package guide_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/guide"
)

const example = "../../docs/guide-example.yaml"

func readExample(t testing.TB) *guide.File {
	t.Helper()
	b, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	f, err := guide.ParseFile(b, diag.GuideVocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// schema says whether a YAML text holds to the JSON Schema that is published.
func schema(t *testing.T) func(text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(guide.SchemaJSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("guide.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("guide.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) error {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return err
		}
		b, err := json.Marshal(value)
		if err != nil {
			return err
		}
		plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return err
		}
		return compiled.Validate(plain)
	}
}

func TestExampleIsValid(t *testing.T) {
	f := readExample(t)
	if f.Contact == nil || len(f.Rules) != 3 || len(f.Rules[0].Steps) != 3 {
		t.Errorf("%+v", f)
	}
	b, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t)(string(b)); err != nil {
		t.Error(err)
	}
}

const (
	head = "version: 1\nrules:\n  - causes: [bad-credentials]\n    "
	ask  = "steps:\n      - {ask: Which, id: which, choices: [{id: a, text: A}, {id: b, text: B}]}\n      - "
)

// TestMistakesAreNamed has a row for each mistake: the line, the sentence, the
// hint, and whether the published schema sees it too.
func TestMistakesAreNamed(t *testing.T) {
	valid := schema(t)
	for _, c := range []struct {
		text, says, hint string
		line             int
		schema           bool // refuses it too
	}{
		{"", "empty", "example", 0, true},
		{"version: 2\n", "version is a whole number", "", 1, true},
		{"contact: {name: x}\n", "names no version", "version: 1", 1, true},
		{"- version\n", "list of keys", "", 1, true},
		{"version: 1\ncontcat: {}\n", `unknown key "contcat"`, `did you mean "contact"?`, 2, true},
		{"version: 1\nversion: 1\n", "there twice", "", 2, false}, // YAML itself refuses it elsewhere
		{"version: 1\ncontact: {}\n", "contact is empty", "", 2, true},
		{"version: 1\ncontact: {url: \"http://tickets.contoso.com\"}\n", "https://", "for example", 2, true},
		{"version: 1\ncontact: {url: \"https://user:pass@contoso.com\"}\n", "https://", "", 2, false},
		{"version: 1\ncontact: {name: \"\\e[2J\"}\n", "control character", "", 2, false},
		{"version: 1\ncontact: {name: [a]}\n", "name is a text", "quotes", 2, true},
		{"version: 1\ncontact: {phone: " + strings.Repeat("1", 300) + "}\n", "more than 200 bytes", "", 2, false},
		{"version: 1\nrules: []\n", "0 entries", "", 2, true},
		{"version: 1\nrules: {}\n", "rules is a list", "dash", 2, true},
		{"version: 1\nrules:\n  - title: x\n", "neither causes nor checks", "codes", 3, true},
		{"version: 1\nrules:\n  - causes: [bad-credential]\n", `unknown cause "bad-credential"`, `did you mean "bad-credentials"?`, 3, false},
		{"version: 1\nrules:\n  - checks:\n      - dns.domain\n      - dns.domian\n", `unknown check "dns.domian"`, `did you mean "dns.domain"?`, 5, false},
		{head + "who: boss\n", `unknown role "boss"`, "", 4, true},
		{head + "order: soon\n", "order is a whole number", "", 4, true},
		{head + "place: instaed\n", `unknown place "instaed"`, `did you mean "instead"?`, 4, true},
		{head + "steps:\n      - {}\n", "neither asks nor tells", "", 5, true},
		{head + "steps:\n      - {ask: Why, do: That}\n", "neither asks nor tells, or both", "", 5, true},
		{head + "steps:\n      - {ask: Why}\n", "an id and at least two choices", "", 5, true},
		{head + "steps:\n      - {ask: Why, id: Why, choices: [{id: a, text: A}]}\n", `"Why" is no id`, "", 5, true},
		{head + "steps:\n      - {do: That, choices: [{id: a, text: A}]}\n", "choices to ask", "", 5, true},
		{head + "steps:\n      - {do: That, run: calc.exe}\n", `unknown key "run"`, "", 5, true},
		{head + "steps:\n      - {do: That, command: [calc.exe]}\n", "command is a text", "", 5, true},
		{head + "steps:\n      - {do: That, look: maybe}\n", "true or false", "", 5, true},
		{head + "steps:\n      - {do: A, id: a}\n      - {do: B, id: a}\n", "there twice", "", 6, false},
		{head + "steps:\n      - {do: A, if: {which: a}}\n", `unknown key "which"`, "", 5, false},
		{head + ask + "{do: A, if: {which: c}}\n", `unknown answer to which "c"`, "did you mean", 6, false},
		{head + ask + "{do: A, if: {}}\n", "if is empty", "", 6, true},
		{head + ask + "{ask: Who, id: who, choices: [{id: a, text: A}, {id: a, text: B}]}\n", "there twice", "", 6, false},
		{head + ask + "{ask: Who, id: who, choices: [{id: a, text: A}, {id: b}]}\n", "an id and a text", "", 6, true},
		{head + ask + "{ask: Who, id: who, choices: [{id: a, text: A, to: moon}, {id: b, text: B}]}\n", `unknown role "moon"`, "", 6, true},
		{"version: 1\nrules: &a\n  - causes: *a\n", "the list of names is a list", "", 3, true},
		{"version: [\n", "near line 1", "quotes", 0, true},
		{"version: 1\n" + strings.Repeat("# long\n", 10000), "more than 65536 bytes", "", 0, false},
	} {
		_, err := guide.ParseFile([]byte(c.text), diag.GuideVocabulary())
		var wrong *guide.FileError
		if !errors.As(err, &wrong) || wrong.Line != c.line || !strings.Contains(wrong.Sentence, c.says) || !strings.Contains(wrong.Hint, c.hint) {
			t.Errorf("%q: %#v", c.text, err)
		}
		if err := valid(c.text); c.schema && err == nil {
			t.Errorf("%q holds to the schema", c.text)
		}
	}
}

// TestHouseRules: what the file says is asked and told, before, after or in place
// of the product's own, and whom it names goes on.
func TestHouseRules(t *testing.T) {
	f := readExample(t)
	s := start(t, guide.User, ruled("1", "bad-credentials"), f)
	if step := s.Step(); step.Title != "Our domain does not take the password." || step.Word != "" || step.Choices[0].Word != "" {
		t.Errorf("%+v", step)
	}
	got := drive(t, s, "no", "done", "sees bad-credentials", "unknown", "no", "no")
	want := []string{"bad-credentials/new-laptop", "bad-credentials/house-3", "bad-credentials/check", "bad-credentials/webmail", "bad-credentials/password-changed", "bad-credentials/rival-upn-mismatch", "check"}
	if !slices.Equal(got, want) {
		t.Errorf("before: %v", got)
	}

	s = start(t, guide.User, ruled("1", "server-mapihttp-disabled"), f)
	end := s.Step().Ending
	if end == nil || end.To != guide.Admin || end.Contact == nil || end.Contact.Name != "Exchange team" || len(end.Open[0].Todo) != 1 {
		t.Errorf("instead: %+v", end)
	}
	s = start(t, guide.Admin, ruled("1", "server-mapihttp-disabled"), f)
	drive(t, s, "done")
	if got := s.Step().Recheck; !slices.Equal(got, []string{"discovery.capability", "mapi.connect"}) {
		t.Errorf("checked again: %v", got)
	}

	r := ruled("1", "no-network", "black-hole")
	r.Findings[1].Checks = []string{"network.mailbox"}
	if step := start(t, guide.User, r, f).Step(); step.ID != "black-hole/house-1" {
		t.Errorf("order, by the check: %+v", step)
	}
	f.Rules[2].Place = guide.PlaceAfter
	if step := start(t, guide.User, r, f).Step(); step.ID != "black-hole/rival-server-component-down" {
		t.Errorf("after: %+v", step)
	}
}

// TestHouseRulesEnd goes every way through the causes of the example.
func TestHouseRulesEnd(t *testing.T) {
	f := readExample(t)
	for _, rule := range f.Rules {
		for _, code := range rule.Causes {
			for _, role := range guide.Roles {
				e := &explorer{t: t, broken: ruled("broken", code), well: ruled("well"), ends: map[guide.Outcome]int{}, been: map[string]bool{}}
				e.explore(start(t, role, e.broken, f), nil)
			}
		}
	}
}

// FuzzGuideFile: whatever is read, it ends with a file or a sentence; a file that
// is taken can be walked through to its end.
func FuzzGuideFile(f *testing.F) {
	if b, err := os.ReadFile(example); err == nil {
		f.Add(b)
	}
	f.Add([]byte(head + ask + "{do: A, if: {which: a}, recheck: [dns]}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	known := diag.GuideVocabulary()
	broken := ruled("broken", "bad-credentials", "server-mapihttp-disabled")
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := guide.ParseFile(b, known)
		if err != nil {
			var wrong *guide.FileError
			if !errors.As(err, &wrong) || wrong.Sentence == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		s, err := guide.Start(broken, guide.Options{Role: guide.Admin, House: file})
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; s.Step().Kind != guide.Done; n++ {
			if step := s.Step(); step.Kind == guide.Check {
				err = s.Checked(broken)
			} else {
				err = s.Answer(step.Choices[0].ID)
			}
			if err != nil || n > 1000 {
				t.Fatalf("%d steps: %v", n, err)
			}
		}
	})
}
