package checks

import "time"

const (
	// sessionLimit is for opening a session: a cold application pool of Exchange
	// takes up to 30 s for its first answer; a person who waits has less.
	sessionLimit = 20 * time.Second
	// questionLimit is for one question in an open session, the wait that a busy
	// server may ask for included.
	questionLimit = 10 * time.Second
	// channelProof is how long the first meta-tag of a NotificationWait may take
	// when nobody can make a message arrive: long enough for a slow path.
	channelProof = 1500 * time.Millisecond
	// deliveryProof is how long a message of ours may take to be announced.
	deliveryProof = 5 * time.Second
)
