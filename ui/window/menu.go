package window

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// addMenu gives the window a menu that names every key. The toolkit asks the menu
// first: a key that belongs to it works wherever the keyboard is, also in a field or
// in a text that is being marked, which keep all other keys to themselves.
func (w *Window) addMenu() {
	pages := fyne.NewMenu(L("Pages"))
	for i, p := range w.pages {
		pages.Items = append(pages.Items, menuItem(p.title, fyne.KeyName(strconv.Itoa(i+1)), func() { w.openByKey(i) }))
	}
	quit := menuItem(L("Close"), fyne.KeyW, w.win.Close)
	quit.IsQuit = true // else the toolkit adds one of its own
	w.win.SetMainMenu(fyne.NewMainMenu(
		fyne.NewMenu(L("Mailbox"),
			menuItem(L("Check now"), fyne.KeyR, w.checkNow),
			menuItem(L("Save report …"), fyne.KeyS, w.saveReport),
			menuItem(L("Find …"), fyne.KeyF, w.search),
			fyne.NewMenuItemSeparator(), quit),
		pages))
}

func menuItem(label string, key fyne.KeyName, does func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(label, does)
	item.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	return item
}

// addKeys are the keys without Ctrl: F5 checks, Escape closes what is open.
func (w *Window) addKeys() {
	w.win.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		switch k.Name {
		case fyne.KeyF5:
			w.checkNow()
		case fyne.KeyEscape:
			if !w.closeDialog() {
				w.closeAssistant()
			}
		}
	})
}
