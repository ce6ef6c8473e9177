package autodiscover

import (
	"cmp"
	"net"
	"slices"
)

// SRVRecord is one record of _autodiscover._tcp.<domain>.
type SRVRecord struct {
	Target           string // lower case, no final dot; "" for the target "."
	Port             uint16
	Priority, Weight uint16
	Order            int    // 1 = the record to be used first; 0 = not used
	Why              string // why it is not used
}

// SelectSRV returns every record and puts the usable ones in the order of
// RFC 2782: lowest priority first, by weight at random within one priority.
// Only port 443 is usable (MS-OXDISCO 3.1.5.4); a target "." says that the
// service does not exist. intn(n) is a random number in [0, n).
func SelectSRV(records []*net.SRV, intn func(n int) int) []SRVRecord {
	var usable, unused []SRVRecord
	for _, r := range records {
		rec := SRVRecord{Target: cleanHost(r.Target), Port: r.Port, Priority: r.Priority, Weight: r.Weight}
		switch {
		case rec.Target == "":
			rec.Why = "its target is \".\": the domain says that it has no Autodiscover service"
		case rec.Port != 443:
			rec.Why = "its port is not 443; Outlook ignores it"
		}
		if rec.Why == "" {
			usable = append(usable, rec)
		} else {
			unused = append(unused, rec)
		}
	}
	// A fixed order before drawing makes the result depend on intn alone, and
	// puts weight 0 first in its priority as RFC 2782 asks.
	byField := func(a, b SRVRecord) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Port, b.Port))
	}
	slices.SortFunc(usable, byField)
	slices.SortFunc(unused, byField)
	for rest := usable; len(rest) > 0; rest = rest[1:] {
		drawFirst(rest, intn)
	}
	for i := range usable {
		usable[i].Order = i + 1
	}
	return append(usable, unused...)
}

// drawFirst moves one record of the first priority in rest to its front, drawn
// by weight; the others keep their order.
func drawFirst(rest []SRVRecord, intn func(n int) int) {
	sum, same := 0, 0
	for ; same < len(rest) && rest[same].Priority == rest[0].Priority; same++ {
		sum += int(rest[same].Weight)
	}
	draw, running := intn(sum+1), 0
	for i := range same {
		if running += int(rest[i].Weight); running >= draw {
			picked := rest[i]
			copy(rest[1:i+1], rest[:i])
			rest[0] = picked
			return
		}
	}
}
