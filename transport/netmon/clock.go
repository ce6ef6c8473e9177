package netmon

import "time"

const (
	// clockEvery is the time between two looks at the wall clock where the system
	// tells of sleep only by it; a session that slept is noticed that late.
	clockEvery = 15 * time.Second
	// clockEveryTold is the same where the system announces sleep: the clock is
	// then a second line, and four times fewer wake-ups are worth more.
	clockEveryTold = 60 * time.Second
	// clockSlack is how far the wall clock may run away from the monotonic one in
	// between: time servers correct by less, sleep takes longer.
	clockSlack = 5 * time.Second
	// lateSlack is how late a look may come on a machine that is merely busy.
	lateSlack = 15 * time.Second
)

// clock compares the time that passed with the time this process was given.
type clock struct {
	wall           func() time.Time
	wallAt, monoAt time.Time
}

func newClock(wall func() time.Time) *clock {
	if wall == nil {
		wall = time.Now
	}
	return &clock{wall, wall().Round(0), time.Now()} // Round(0) leaves the wall clock alone
}

// look is the time that passed unseen since the last look, which was meant to be at
// most every ago. A monotonic clock stops during sleep on some systems and runs on
// with others, so either sign counts: the two clocks disagree, or the look comes
// much too late.
func (c *clock) look(every time.Duration) (away time.Duration, jumped bool) {
	wall, mono := c.wall().Round(0), time.Now()
	passed, given := wall.Sub(c.wallAt), mono.Sub(c.monoAt)
	c.wallAt, c.monoAt = wall, mono
	return passed - min(every, given), (passed-given).Abs() > clockSlack || given > every+lateSlack
}
