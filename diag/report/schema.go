package report

import _ "embed"

// SchemaJSON is the JSON Schema (draft 2020-12) of the report. It leaves
// objects open: a report of a later version that has more fields still
// validates against it.
//
//go:embed schema.json
var SchemaJSON []byte
