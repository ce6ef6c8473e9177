package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxReport bounds a saved report that is read back: a normal run is below
// 1 MiB, and a file of another kind must not fill the memory.
const maxReport = 64 << 20

// WriteJSON writes r as indented JSON with a final newline.
func WriteJSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // commands hold "<" and "&", and people read this file
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// ErrNotAReport says that a file is something else than a report of this schema.
var ErrNotAReport = errors.New("not a " + Schema + " file")

// ReadJSON reads a report written by WriteJSON.
func ReadJSON(rd io.Reader) (*Report, error) {
	b, err := io.ReadAll(io.LimitReader(rd, maxReport+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxReport {
		return nil, fmt.Errorf("%w: larger than %d MiB", ErrNotAReport, maxReport>>20)
	}
	var r Report
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAReport, err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("%w: its schema is %q", ErrNotAReport, r.Schema)
	}
	return &r, nil
}
