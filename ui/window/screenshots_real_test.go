//go:build real && linux

package window

import (
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/ui/desk"
)

// TestRealScreenshots writes the pictures that the README shows, for "make
// screenshots".
func TestRealScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("left out: -screenshots names no folder (make screenshots)")
	}
	d := desk.New(t, desk.Options{})
	agent := stage(t, d, present(t, "healthy", monitor.StateConnected))
	for _, shot := range []struct {
		name, sample string
		state        monitor.State
		args         []string
	}{
		{"overview-failing", "certificate", monitor.StateLost, []string{"--tab", "overview", "--theme", "light"}},
		{"overview-working", "healthy", monitor.StateConnected, []string{"--tab", "overview", "--theme", "light"}},
		{"connections", "healthy", monitor.StateConnected, []string{"--tab", "connections", "--theme", "light"}},
		{"checks", "certificate", monitor.StateLost, []string{"--tab", "checks", "--theme", "light"}},
		{"certificates", "certificate", monitor.StateLost, []string{"--tab", "certificates", "--theme", "light"}},
		{"timeline", "healthy", monitor.StateConnected, []string{"--tab", "timeline", "--theme", "light"}},
		{"overview-german-dark", "certificate", monitor.StateLost, []string{"--tab", "overview", "--theme", "dark", "--language", "de"}},
	} {
		agent.set(present(t, shot.sample, shot.state))
		p := d.Start(t, append([]string{"window"}, shot.args...)...)
		id := d.Window(t, p)
		d.Titled(t, id, "alice@contoso.test")
		keep(t, shot.name, d.Picture(t, id))
		d.Close(t, id)
		p.Exits(t)
	}
	agent.set(present(t, "healthy", monitor.StateConnected))
	keep(t, "tray", panelWithMenu(t, d))
}

// panelConfig is a bar at the top with a place for icons at its right end.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="int" value="22"/>
      <property name="known-items" type="array"><value type="string" value="systray"/></property>
    </property>
  </property>
</channel>
`

// panelWithMenu is the bar of a real desktop with the icon in it, its menu open.
func panelWithMenu(t *testing.T, d *desk.Desk) image.Image {
	t.Helper()
	config := filepath.Join(d.Dir, "xfce4", "xfconf", "xfce-perchannel-xml", "xfce4-panel.xml")
	if err := errors.Join(os.MkdirAll(filepath.Dir(config), 0o755), os.WriteFile(config, []byte(panelConfig), 0o644)); err != nil {
		t.Fatal(err)
	}
	panel := exec.Command(desk.Need(t, "xfce4-panel"), "--disable-wm-check")
	panel.Env = d.Env
	desk.Background(t, panel)
	d.Start(t, "tray")
	bar := image.Rect(desk.Width-40, 0, desk.Width, 32)
	desk.Eventually(t, "the icon", func() error {
		if len(shown(d, t, bar, func(r, g, b int) bool { return max(r, g, b)-min(r, g, b) > 60 })) == 0 {
			return errors.New("there is nothing with a colour in the bar")
		}
		return nil
	})
	d.Click(t, image.Pt(desk.Width-20, 16))
	below := image.Rect(desk.Width-600, 34, desk.Width, desk.Height)
	var menu image.Rectangle
	desk.Eventually(t, "the menu", func() error {
		menu = image.Rectangle{}
		for _, p := range shown(d, t, below, func(r, g, b int) bool { return r+g+b > 0 }) {
			menu = menu.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
		}
		if menu.Dy() < 100 {
			return errors.New("is not open")
		}
		return nil
	})
	return d.Screen(t).SubImage(image.Rect(menu.Min.X, 0, desk.Width, menu.Max.Y))
}

// shown are the places in r where the screen has such a colour.
func shown(d *desk.Desk, t *testing.T, r image.Rectangle, like func(r, g, b int) bool) (at []image.Point) {
	screen := d.Screen(t)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if c := screen.RGBAAt(x, y); like(int(c.R), int(c.G), int(c.B)) {
				at = append(at, image.Pt(x, y))
			}
		}
	}
	return at
}

// keep writes a picture with few colours, which these have anyway.
func keep(t *testing.T, name string, m image.Image) {
	t.Helper()
	file := filepath.Join(*screenshots, name+".png")
	writePicture(t, file, m)
	out, err := exec.Command(desk.Need(t, "pngquant"), "--force", "--ext", ".png", "--strip", "--quality", "80-100", "128", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() > 150<<10 {
		t.Errorf("%s: %v, %v", file, info, err)
	}
}
