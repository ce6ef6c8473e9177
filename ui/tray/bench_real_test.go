//go:build real && linux

package tray

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/ui/desk"
)

// BenchmarkDesktop says how soon icon and window are there and what agent, icon and
// window hold in memory, each next to its aim. OpenGL is software here.
func BenchmarkDesktop(b *testing.B) {
	d := desk.New(b, desk.Options{})
	d.Exchange(b, true)
	p := openPlace(b, d.Bus)
	agent := d.Start(b, "agent")
	waitConnected(b, d)
	b.Run("icon", func(b *testing.B) {
		took := median(b, 7, func() time.Duration {
			start := time.Now()
			icon := d.Start(b, "tray")
			p.wait(b)
			shown := time.Since(start)
			endTray(b, icon)
			return shown
		})
		beside(b, took, 200)
	})
	b.Run("window", func(b *testing.B) {
		took := median(b, 5, func() time.Duration {
			start := time.Now()
			window := d.Start(b, "window", "--tab", "overview", "--theme", "light")
			shown := d.Lit(b, start)
			id := d.Window(b, window)
			d.Close(b, id)
			window.Exits(b)
			d.Dark(b)
			return shown
		})
		beside(b, took, 700)
	})
	b.Run("memory", func(b *testing.B) { benchMemory(b, d, p, agent) })
}

// benchMemory looks at the three processes once they have come to rest; at agent and
// icon as they mostly are, without a window that shares with them.
func benchMemory(b *testing.B, d *desk.Desk, p *place, agent *desk.Process) {
	icon := d.Start(b, "tray")
	p.wait(b)
	waitConnected(b, d)
	sum := holds(b, "agent", agent) + holds(b, "icon", icon)
	b.Run("agent-and-icon", func(b *testing.B) {
		b.ReportMetric(sum, "PSS-MiB")
		b.ReportMetric(50, "aim-MiB")
		b.ReportMetric(0, "ns/op")
	})
	window := d.Start(b, "window", "--tab", "overview", "--theme", "light")
	d.Picture(b, d.Window(b, window))
	holds(b, "window", window)
}

// holds reports the memory of a process and returns its part of what is shared.
func holds(b *testing.B, name string, p *desk.Process) (pss float64) {
	m := desk.MemoryOf(b, p.PID)
	b.Run(name, func(b *testing.B) {
		b.ReportMetric(float64(m.RSS)/1024, "RSS-MiB")
		b.ReportMetric(float64(m.PSS)/1024, "PSS-MiB")
		b.ReportMetric(float64(m.Anonymous)/1024, "anonymous-MiB")
		b.ReportMetric(0, "ns/op")
	})
	return float64(m.PSS) / 1024
}

func waitConnected(b *testing.B, d *desk.Desk) {
	b.Helper()
	desk.Eventually(b, "the agent connects", func() error {
		s, err := d.Client.Snapshot(b.Context())
		if err == nil && s.State != monitor.StateConnected {
			err = fmt.Errorf("it is %s", s.State)
		}
		return err
	})
}

// endTray ends the icon as the end of a session does: the agent stays.
func endTray(b *testing.B, icon *desk.Process) {
	b.Helper()
	if err := syscall.Kill(icon.PID, syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	_ = icon.End(b)
}

func median(b *testing.B, n int, measure func() time.Duration) time.Duration {
	b.Helper()
	var all []time.Duration
	for range n {
		all = append(all, measure())
	}
	slices.Sort(all)
	return all[n/2]
}

func beside(b *testing.B, took time.Duration, aim float64) {
	b.ReportMetric(float64(took.Microseconds())/1000, "ms")
	b.ReportMetric(aim, "aim-ms")
	b.ReportMetric(0, "ns/op")
}
