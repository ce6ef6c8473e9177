package tray

// notifier shows notices on the desktop.
type notifier interface {
	// notify shows n; false when this desktop cannot show it. opened is called if
	// the person clicks on it.
	notify(n Notice) bool
	close()
}

// silent is a desktop without notifications.
type silent struct{}

func (silent) notify(Notice) bool { return false }
func (silent) close()             {}
