package mapierr

type entry struct{ name, meaning string }

var known = map[Code]entry{
	OK: {"ecNone", "The operation succeeded."},
}
