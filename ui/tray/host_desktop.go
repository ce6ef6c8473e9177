//go:build migrated_fynedo && (windows || (linux && cgo) || (darwin && cgo))

package tray

import "github.com/mapiscope/mapiscope/assets"

// Built says whether this build has a tray.
const Built = true

// pictures are held for as long as the program runs: the library keeps pointers
// to them after SetIcon has returned.
var pictures = map[string][]byte{}

// bar is the tray library's one icon of this process.
type bar struct {
	rows  [RowCount]*item
	shown [RowCount]Row
}

func newHost() (Host, error) {
	if err := display(); err != nil {
		return nil, err
	}
	for _, name := range []string{assets.IconWorking, assets.IconWarning, assets.IconFailing, assets.IconPaused, assets.IconChecking, assets.IconUnknown} {
		pictures[name] = picture(name)
	}
	return &bar{}, nil
}

func (b *bar) Run(first State, ready func(), clicked func(row int)) {
	run(func() {
		b.Icon(first.Icon)
		b.Title(first.Title)
		for i, r := range first.Rows {
			b.rows[i] = addItem(label(r.Label), "")
			b.shown[i] = Row{r.Label, true}
			b.Row(i, r)
			// Somebody must always be waiting: a click that finds nobody is lost.
			go func() {
				for range b.rows[i].ClickedCh {
					clicked(i)
				}
			}()
		}
		ready()
	}, func() {})
}

func (b *bar) Icon(name string) { setIcon(pictures[name]) }

func (b *bar) Row(i int, r Row) {
	if r.Label != b.shown[i].Label {
		b.rows[i].SetTitle(label(r.Label))
	}
	if r.Enabled && !b.shown[i].Enabled {
		b.rows[i].Enable()
	}
	if !r.Enabled && b.shown[i].Enabled {
		b.rows[i].Disable()
	}
	b.shown[i] = r
}

func (b *bar) Quit() { quit() }
