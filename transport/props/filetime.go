package props

import "time"

// A FILETIME counts 100 ns from 1601-01-01 UTC (MS-DTYP 2.3.3).
const (
	ticksPerSecond = 10_000_000
	secondsTo1970  = 11_644_473_600
)

// lastTick ends the year 9999. Servers write "never" as the largest FILETIME, in
// the year 30828, which neither JSON nor RFC 3339 can tell.
var lastTick = ticks(time.Date(9999, 12, 31, 23, 59, 59, 999_999_900, time.UTC))

// fromTicks is the instant, in UTC; the end of the year 9999 for anything later.
func fromTicks(n uint64) time.Time {
	n = min(n, lastTick)
	return time.Unix(int64(n/ticksPerSecond)-secondsTo1970, int64(n%ticksPerSecond)*100).UTC()
}

// toTicks is the FILETIME; 0 for an instant before 1601.
func toTicks(t time.Time) uint64 {
	if t.Unix() < -secondsTo1970 {
		return 0
	}
	return min(ticks(t), lastTick)
}

func ticks(t time.Time) uint64 {
	return uint64(t.Unix()+secondsTo1970)*ticksPerSecond + uint64(t.Nanosecond())/100
}
