package report

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Milliseconds is a duration written as a number of milliseconds, rounded to
// microseconds so that a round trip on loopback is not zero.
type Milliseconds float64

// MS turns a duration into Milliseconds.
func MS(d time.Duration) Milliseconds {
	return Milliseconds(math.Round(float64(d)/float64(time.Microsecond)) / 1000)
}

// MSPtr is MS for an optional field: nil when d is zero or less, which is how
// the engine says "not measured".
func MSPtr(d time.Duration) *Milliseconds {
	if d <= 0 {
		return nil
	}
	m := MS(d)
	return &m
}

// Duration is the way back.
func (m Milliseconds) Duration() time.Duration {
	return time.Duration(float64(m) * float64(time.Millisecond))
}

// MarshalJSON writes a plain decimal number; what no JSON number can hold is 0.
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	f := float64(m)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.AppendFloat(nil, f, 'f', -1, 64), nil
}

// timeForm is RFC 3339 with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// Time is a point in time, written as RFC 3339 in UTC with milliseconds.
type Time struct{ time.Time }

// At wraps t.
func At(t time.Time) Time { return Time{t.UTC()} }

// MarshalJSON writes the time as a string.
func (t Time) MarshalJSON() ([]byte, error) {
	return json.Marshal(t.UTC().Format(timeForm))
}

// UnmarshalJSON reads any RFC 3339 time.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return fmt.Errorf("report: not a time: %w", err)
	}
	t.Time = v.UTC()
	return nil
}
