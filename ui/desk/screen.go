//go:build real && linux

package desk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// xdotool asks or drives the display.
func (d *Desk) xdotool(args ...string) (string, error) {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = d.Env
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// Window waits for the visible window of a process and returns its id.
func (d *Desk) Window(t testing.TB, p *Process) string {
	t.Helper()
	Need(t, "xdotool")
	id := ""
	Eventually(t, "a window", func() error {
		p.Runs(t)
		out, err := d.xdotool("search", "--onlyvisible", "--pid", strconv.Itoa(p.PID))
		lines := strings.Fields(out)
		if err != nil || len(lines) == 0 {
			return errors.New("there is none\n" + p.Said())
		}
		id = lines[len(lines)-1]
		return nil
	})
	return id
}

// WindowTitled waits for a visible window of any process with these words.
func (d *Desk) WindowTitled(t testing.TB, words string) (id string) {
	t.Helper()
	Need(t, "xdotool")
	Eventually(t, "a window", func() error {
		out, err := d.xdotool("search", "--onlyvisible", "--name", words)
		if err == nil && out == "" {
			err = errors.New("there is none")
		}
		id, _, _ = strings.Cut(out, "\n")
		return err
	})
	return id
}

// Title is what the desktop's list of windows shows.
func (d *Desk) Title(id string) string {
	name, _ := d.xdotool("getwindowname", id) // a window that is gone has no title
	return name
}

// Titled waits until the window's title has the words.
func (d *Desk) Titled(t testing.TB, id, words string) {
	t.Helper()
	Eventually(t, "the title", func() error {
		if got := d.Title(id); !strings.Contains(got, words) {
			return fmt.Errorf("it is %q, without %q", got, words)
		}
		return nil
	})
}

// Front puts the window in front, with the keyboard.
func (d *Desk) Front(t testing.TB, id string) {
	t.Helper()
	d.do(t, "windowactivate", "--sync", id)
}

// InFront says whether the window has the keyboard.
func (d *Desk) InFront(id string) bool {
	got, err := d.xdotool("getactivewindow")
	return err == nil && got == id
}

// Keys presses keys ("ctrl+2", "Return") in front.
func (d *Desk) Keys(t testing.TB, keys ...string) {
	t.Helper()
	d.do(t, append([]string{"key", "--delay", "40"}, keys...)...)
}

// Type types text in front.
func (d *Desk) Type(t testing.TB, text string) {
	t.Helper()
	d.do(t, "type", "--delay", "15", text)
}

// Click moves the pointer to a place and presses its first button.
func (d *Desk) Click(t testing.TB, at image.Point) {
	t.Helper()
	d.do(t, "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
}

// Resize gives the window another size.
func (d *Desk) Resize(t testing.TB, id string, width, height int) {
	t.Helper()
	d.do(t, "windowsize", id, strconv.Itoa(width), strconv.Itoa(height))
}

// Minimize takes the window off the screen.
func (d *Desk) Minimize(t testing.TB, id string) { t.Helper(); d.do(t, "windowminimize", id) }

// Close asks the window to close, as its own button does: by the window manager's
// key, and again where a busy desktop has missed it.
func (d *Desk) Close(t testing.TB, id string) {
	t.Helper()
	press := func() { _, _ = d.xdotool("windowactivate", "--sync", id, "key", "--delay", "40", "alt+F4") } // it may go just now
	again := time.NewTicker(3 * time.Second)
	defer again.Stop()
	press()
	Eventually(t, "the window closes", func() error {
		if _, err := d.xdotool("getwindowname", id); err != nil {
			return nil // it has gone
		}
		select {
		case <-again.C:
			press()
		default:
		}
		return errors.New("it is still there")
	})
}

func (d *Desk) do(t testing.TB, args ...string) {
	t.Helper()
	if _, err := d.xdotool(args...); err != nil {
		t.Fatalf("xdotool %s: %v", strings.Join(args, " "), err)
	}
}

// Place is where the window is on the screen, without its frame.
func (d *Desk) Place(t testing.TB, id string) image.Rectangle {
	t.Helper()
	out, err := d.xdotool("getwindowgeometry", "--shell", id)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]int{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name], _ = strconv.Atoi(value) // WINDOW and SCREEN are not looked at
	}
	return image.Rect(0, 0, values["WIDTH"], values["HEIGHT"]).Add(image.Pt(values["X"], values["Y"]))
}

// Screen is what is on the screen now. Xvfb keeps it in a file in the form of
// X Window Dump: a header that says how long it is, a map of colours, and pixels.
func (d *Desk) Screen(t testing.TB) *image.RGBA {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(d.Dir, "Xvfb_screen0"))
	if err != nil {
		t.Fatal(err)
	}
	const colourSize = 12
	field := func(n int) int { return int(binary.BigEndian.Uint32(b[4*n:])) }
	if len(b) < 100 || field(11) != 32 {
		t.Fatalf("the screen is %d bytes of a kind that is not known", len(b))
	}
	width, height, stride, at := field(4), field(5), field(12), field(0)+colourSize*field(19)
	if len(b) < at+stride*height {
		t.Fatalf("the screen is cut off: %d bytes", len(b))
	}
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p := b[at+y*stride+4*x:]
			m.SetRGBA(x, y, color.RGBA{p[2], p[1], p[0], 0xff})
		}
	}
	return m
}

// Lit waits until something is drawn near the corner of the screen, where windows
// are, and returns the time since start.
func (d *Desk) Lit(t testing.TB, start time.Time) time.Duration {
	t.Helper()
	d.corner(t, func(lit bool) bool { return lit })
	return time.Since(start)
}

// Dark waits until no window is there any more.
func (d *Desk) Dark(t testing.TB) { t.Helper(); d.corner(t, func(lit bool) bool { return !lit }) }

// corner looks at one pixel every other millisecond until it is as wanted.
func (d *Desk) corner(t testing.TB, wanted func(lit bool) bool) {
	t.Helper()
	f, err := os.Open(filepath.Join(d.Dir, "Xvfb_screen0"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const at = 64 << 10 // some lines down, beyond the header
	pixels := make([]byte, 64)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(20 * time.Second); ; {
		select {
		case <-look.C:
		case <-limit:
			t.Fatal("the screen does not change")
		}
		if _, err := f.ReadAt(pixels, at); err != nil {
			t.Fatal(err)
		}
		if wanted(bytes.ContainsFunc(pixels, func(r rune) bool { return r != 0 })) {
			return
		}
	}
}

// Picture is what the window shows, once that has not changed for a moment.
func (d *Desk) Picture(t testing.TB, id string) *image.RGBA {
	t.Helper()
	const still = 6 // looks, 60 ms apart
	var last *image.RGBA
	same := 0
	look := time.NewTicker(60 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(20 * time.Second); same < still; {
		select {
		case <-look.C:
		case <-limit:
			t.Fatal("the window does not come to rest")
		}
		now := d.Screen(t).SubImage(d.Place(t, id)).(*image.RGBA)
		if last != nil && equal(last, now) {
			same++
		} else {
			same = 0
		}
		last = now
	}
	return last
}

func equal(a, b *image.RGBA) bool {
	if a.Rect != b.Rect {
		return false
	}
	for y := a.Rect.Min.Y; y < a.Rect.Max.Y; y++ {
		for x := a.Rect.Min.X; x < a.Rect.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				return false
			}
		}
	}
	return true
}
