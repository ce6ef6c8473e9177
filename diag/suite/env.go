package suite

// Env is how a check reaches the world.
type Env struct{}
