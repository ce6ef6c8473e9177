package tray

// Host is the bar of a desktop with our icon in it. Its methods may be called
// from any goroutine, one at a time.
type Host interface {
	// Run shows the icon with the rows of first, calls ready, and returns after
	// Quit. It needs the main thread. clicked is called for each click on a row and
	// must return at once.
	Run(first State, ready func(), clicked func(row int))
	Icon(name string)
	Title(text string)
	Row(i int, r Row)
	Quit()
	// Copy puts text into the clipboard.
	Copy(text string) error
	// Place says whether the desktop shows icons at all; it may ask the desktop.
	Place() bool
}

// screen draws on a host what has changed, and nothing else.
type screen struct {
	host Host
	last State
}

// show draws what differs from what was drawn last.
func (s *screen) show(next State) {
	if next.Icon != s.last.Icon {
		s.host.Icon(next.Icon)
	}
	if next.Title != s.last.Title {
		s.host.Title(next.Title)
	}
	for i, r := range next.Rows {
		if r != s.last.Rows[i] {
			s.host.Row(i, r)
		}
	}
	s.last = next
}
