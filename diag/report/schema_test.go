package report_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

// TestEveryFieldIsInTheSchema walks the Go types beside the schema, so that a
// field cannot be added to one of them alone.
func TestEveryFieldIsInTheSchema(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(report.SchemaJSON, &root); err != nil {
		t.Fatal(err)
	}
	w := schemaWalk{t: t, defs: root["$defs"].(map[string]any)}
	w.object("report", reflect.TypeFor[report.Report](), root)
	if w.fields < 150 {
		t.Errorf("walked only %d fields: the walk is broken", w.fields)
	}
}

type schemaWalk struct {
	t      *testing.T
	defs   map[string]any
	fields int
}

func (w *schemaWalk) object(path string, typ reflect.Type, schema map[string]any) {
	schema = w.resolve(schema)
	props, _ := schema["properties"].(map[string]any)
	required := map[string]bool{}
	if list, ok := schema["required"].([]any); ok {
		for _, name := range list {
			required[name.(string)] = true
		}
	}
	seen := map[string]bool{}
	for f := range typ.Fields() {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := path + "." + name
		seen[name] = true
		w.fields++
		prop, ok := props[name].(map[string]any)
		if !ok {
			w.t.Errorf("%s is not in the schema", at)
			continue
		}
		if optional := strings.Contains(rest, "omitempty"); optional == required[name] {
			w.t.Errorf("%s: omitempty is %v and the schema says required %v", at, optional, required[name])
		}
		w.value(at, f.Type, prop)
	}
	for name := range props {
		if !seen[name] {
			w.t.Errorf("%s.%s is in the schema and not in the type", path, name)
		}
	}
}

func (w *schemaWalk) value(at string, typ reflect.Type, schema map[string]any) {
	schema = w.resolve(schema)
	switch {
	case typ.Kind() == reflect.Pointer:
		w.value(at, typ.Elem(), schema)
	case typ == reflect.TypeFor[report.Time]():
	case typ.Kind() == reflect.Slice:
		w.value(at+"[]", typ.Elem(), schema["items"].(map[string]any))
	case typ.Kind() == reflect.Struct:
		w.object(at, typ, schema)
	}
}

func (w *schemaWalk) resolve(schema map[string]any) map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		return w.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	return schema
}

func TestSampleValidates(t *testing.T) {
	reporttest.Valid(t, reporttest.Sample())
}

// TestTheSchemaRefuses shows that the validator is awake: each change to a
// valid report must be caught.
func TestTheSchemaRefuses(t *testing.T) {
	cases := map[string]func(*report.Report){
		"another schema":                  func(r *report.Report) { r.Schema = "mapiscope.report/v2" },
		"a check of unknown status":       func(r *report.Report) { r.Checks[0].Status = report.Unknown },
		"a skip without a reason":         func(r *report.Report) { r.Checks[0].Status = report.Skip; r.Checks[0].SkippedBecause = "" },
		"a failing verdict with no cause": func(r *report.Report) { r.Verdict = report.Verdict{Status: report.Fail, Headline: "No."} },
		"a verdict without a sentence":    func(r *report.Report) { r.Verdict.Headline = "" },
		"an unknown group":                func(r *report.Report) { r.Checks[0].Group = "weather" },
		"a finding with a strange code":   func(r *report.Report) { r.Findings[0].Code = "Bad Credentials" },
		"a null list":                     func(r *report.Report) { r.Exchanges = nil },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			r := reporttest.Sample()
			change(r)
			if err := reporttest.Validate(r); err == nil {
				t.Error("the schema accepts it")
			}
		})
	}
}

func TestTimesAndDurationsOnTheWire(t *testing.T) {
	at := report.At(time.Date(2026, 3, 1, 12, 0, 0, 120_000_000, time.FixedZone("", 3600)))
	got, err := json.Marshal(map[string]any{"t": at, "d": report.MS(1234567 * time.Nanosecond)})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"d":1.235,"t":"2026-03-01T11:00:00.120Z"}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back report.Time
	if err := json.Unmarshal([]byte(`"2026-03-01T11:00:00.120Z"`), &back); err != nil || !back.Equal(at.Time) {
		t.Errorf("read back %v (%v), want %v", back, err, at)
	}
	if err := json.Unmarshal([]byte(`"yesterday"`), &back); err == nil {
		t.Error("a time that is none is accepted")
	}
}

func TestJSONRoundTrip(t *testing.T) {
	want := reporttest.Sample()
	var buf bytes.Buffer
	if err := report.WriteJSON(&buf, want); err != nil {
		t.Fatal(err)
	}
	got, err := report.ReadJSON(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Connections, want.Connections) || !reflect.DeepEqual(got.Findings, want.Findings) {
		t.Error("a saved report reads back changed")
	}
}

func TestReadJSONRefusesOtherFiles(t *testing.T) {
	for _, text := range []string{"", "{}", `{"schema":"mapiscope.report/v9"}`, "[1,2]"} {
		if _, err := report.ReadJSON(strings.NewReader(text)); err == nil {
			t.Errorf("%q is accepted as a report", text)
		}
	}
}
