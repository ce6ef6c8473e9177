package pac

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	weekdays = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	months   = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
)

// inZone takes a final "GMT" off the arguments and gives the time it asks for.
func inZone(now time.Time, args []string) (time.Time, []string) {
	if n := len(args); n > 0 && strings.EqualFold(args[n-1], "GMT") {
		return now.UTC(), args[:n-1]
	}
	return now, args
}

// within says whether now lies from low to high, which may go over the end of
// whatever is counted (Friday to Monday, 22 to 6 o'clock).
func within(now, low, high []int) bool {
	if slices.Compare(low, high) <= 0 {
		return slices.Compare(low, now) <= 0 && slices.Compare(now, high) <= 0
	}
	return slices.Compare(low, now) <= 0 || slices.Compare(now, high) <= 0
}

// weekdayRange is weekdayRange(wd1 [, wd2] [, "GMT"]).
func weekdayRange(now time.Time, args []string) bool {
	now, args = inZone(now, args)
	var days []int
	for _, a := range args {
		day := slices.Index(weekdays, strings.ToUpper(a))
		if day < 0 {
			return false
		}
		days = append(days, day)
	}
	if len(days) != 1 && len(days) != 2 {
		return false
	}
	return within([]int{int(now.Weekday())}, days[:1], days[len(days)-1:])
}

// timeRange is timeRange(h), (h1, h2), (h1, m1, h2, m2) or (h1, m1, s1, h2, m2, s2),
// each with "GMT" or without.
func timeRange(now time.Time, args []string) bool {
	now, args = inZone(now, args)
	var n []int
	for _, a := range args {
		v, err := strconv.Atoi(a)
		if err != nil {
			return false
		}
		n = append(n, v)
	}
	clock := []int{now.Hour(), now.Minute(), now.Second()}
	switch len(n) {
	case 1:
		return n[0] == now.Hour()
	case 2, 4, 6:
		half := len(n) / 2
		return within(clock[:half], n[:half], n[half:])
	}
	return false
}

// dateRange takes a day, a month, a year, or from-to pairs of any sensible
// combination of them, each with "GMT" or without.
func dateRange(now time.Time, args []string) bool {
	now, args = inZone(now, args)
	if len(args) == 0 || len(args) > 1 && len(args)%2 != 0 {
		return false
	}
	half := max(len(args)/2, 1)
	low, today, ok := datePart(now, args[:half])
	high, _, ok2 := datePart(now, args[len(args)-half:])
	return ok && ok2 && len(low) == len(high) && within(today, low, high)
}

// datePart is a point of a date range, from year to day, and now in the same
// fields: days have up to 31, months have names, years are what is left.
func datePart(now time.Time, args []string) (point, today []int, ok bool) {
	var field, current [3]int
	var there [3]bool
	for _, a := range args {
		at, value := 2, 0
		if m := slices.Index(months, strings.ToUpper(a)); m >= 0 {
			at, value = 1, m+1
		} else if n, err := strconv.Atoi(a); err != nil || n < 1 {
			return nil, nil, false
		} else if value = n; n > 31 {
			at = 0
		}
		if there[at] {
			return nil, nil, false
		}
		field[at], there[at] = value, true
	}
	current = [3]int{now.Year(), int(now.Month()), now.Day()}
	for i := range field {
		if there[i] {
			point, today = append(point, field[i]), append(today, current[i])
		}
	}
	return point, today, true
}
