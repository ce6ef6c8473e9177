//go:build real && linux

package window

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/desk"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

var screenshots = flag.String("screenshots", "", "write the pictures of the README into this folder")

// staged is an agent whose snapshots and report are those that the test sets.
type staged struct {
	monitor.Unconfigured
	cell   *monitor.Cell[*monitor.Snapshot]
	report *report.Report
	seq    uint64
	asked  chan struct{} // gets each order to check
	leave  func()        // ends it
}

func (s *staged) Snapshot() (*monitor.Snapshot, <-chan struct{}) { return s.cell.Get() }
func (s *staged) Report() (*report.Report, error)                { return s.report, nil }
func (s *staged) Check(_, _ []string) error                      { s.asked <- struct{}{}; return nil }

// stage serves an agent of the test on the desk's socket.
func stage(t testing.TB, d *desk.Desk, first State) *staged {
	t.Helper()
	l, err := localapi.Listen(d.Socket)
	if err != nil {
		t.Fatal(err)
	}
	s := &staged{cell: monitor.NewCell(first.Snapshot), asked: make(chan struct{}, 8)}
	s.set(first)
	ctx, leave := context.WithCancel(t.Context())
	s.leave = leave
	go func() { _ = localapi.Serve(ctx, l, s, func() {}) }()
	return s
}

// set shows another state.
func (s *staged) set(next State) {
	s.seq++
	s.report = next.Report
	next.Snapshot.Seq = s.seq
	next.Snapshot.Agent.PID = os.Getpid()
	s.cell.Set(next.Snapshot)
}

// present is a sample as if its run had ended two minutes ago, so that every age
// on the screen is the same whenever the test runs.
func present(t testing.TB, sample string, state monitor.State) State {
	t.Helper()
	r := readSample(t, sample)
	r.Run.Started = report.At(time.Now().Add(-2*time.Minute - 5*time.Second))
	s := sampleState(r, state)
	return s
}

// What a picture may differ from the one that is kept: both are looked at in half
// their size and without colour. Ages and clock times stand for less than this.
const (
	sameShade = 40    // of 255: less is the same
	tolerance = 0.002 // share of the pixels that may differ by more
)

// small is a picture in half its size and grey.
func small(m *image.RGBA) *image.Gray {
	b := m.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	for y := range b.Dy() / 2 {
		for x := range b.Dx() / 2 {
			sum := 0
			for _, p := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				g := color.GrayModel.Convert(m.At(b.Min.X+2*x+p.X, b.Min.Y+2*y+p.Y)).(color.Gray)
				sum += int(g.Y)
			}
			out.SetGray(x, y, color.Gray{Y: uint8(sum / 4)})
		}
	}
	return out
}

// differ is the share of the pixels that are not the same.
func differ(a, b *image.Gray) float64 {
	if a.Rect != b.Rect {
		return 1
	}
	n := 0
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d > sameShade || d < -sameShade {
			n++
		}
	}
	return float64(n) / float64(len(a.Pix))
}

// same compares a picture with testdata/screens/NAME.png, or writes it there.
func same(t *testing.T, name string, m *image.RGBA) {
	t.Helper()
	file := filepath.Join("testdata", "screens", name+".png")
	got := small(m)
	if *update {
		writePicture(t, file, got)
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatalf("%v; look at the page and accept it with \"make screenshots\"", err)
	}
	defer f.Close()
	kept, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	want, ok := kept.(*image.Gray)
	if !ok {
		t.Fatalf("%s is no picture in grey", file)
	}
	if share := differ(want, got); share > tolerance {
		seen := filepath.Join(os.TempDir(), "differs-"+name+".png")
		writePicture(t, seen, m)
		t.Errorf("%.2f %% of the picture differ from %s (at most %.2f); what was seen is %s", 100*share, file, 100*tolerance, seen)
	} else {
		t.Logf("%s: %.3f %% differ", name, 100*share)
	}
}

func writePicture(t testing.TB, file string, m image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err == nil {
		err = errors.Join((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, m), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRealPages opens every page of the real window, each from the command line in
// light and English, and by its key in dark and German, and compares what is on the
// screen with the pictures that are kept.
func TestRealPages(t *testing.T) {
	d := desk.New(t, desk.Options{})
	agent := stage(t, d, present(t, "healthy", monitor.StateConnected))
	for _, tab := range Tabs() {
		agent.set(present(t, "healthy", monitor.StateConnected))
		p := d.Start(t, "window", "--tab", tab, "--theme", "light")
		id := d.Window(t, p)
		d.Titled(t, id, "Connected · alice@contoso.test")
		same(t, "healthy-"+tab, d.Picture(t, id))
		p.Silent(t)
		d.Close(t, id)
		p.Exits(t)
	}
	agent.set(present(t, "certificate", monitor.StateLost))
	p := d.Start(t, "window", "--tab", "overview", "--theme", "dark", "--language", "de")
	id := d.Window(t, p)
	d.Titled(t, id, "Nicht verbunden")
	d.Front(t, id)
	for i, tab := range Tabs() {
		agent.set(present(t, "certificate", monitor.StateLost))
		d.Keys(t, fmt.Sprintf("ctrl+%d", i+1))
		same(t, "certificate-"+tab, d.Picture(t, id))
	}
	d.Keys(t, "ctrl+3")
	agent.leave()
	d.Titled(t, id, "Nicht bekannt")
	same(t, "gone", d.Picture(t, id))
}

// TestRealPicturesCanDiffer holds that the comparison sees a page that is another one.
func TestRealPicturesCanDiffer(t *testing.T) {
	a, b := image.NewRGBA(image.Rect(0, 0, 200, 100)), image.NewRGBA(image.Rect(0, 0, 200, 100))
	for x := range 40 {
		b.Set(x, 10, color.White)
		b.Set(x, 11, color.White)
	}
	if got := differ(small(a), small(b)); got <= 0 || got > 0.0041 {
		t.Errorf("a line of 20 in 5000 pixels makes %v", got)
	}
	if got := differ(small(a), small(image.NewRGBA(image.Rect(0, 0, 100, 100)))); got != 1 {
		t.Errorf("another size makes %v", got)
	}
}
