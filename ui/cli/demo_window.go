package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/ui/tray"
)

// showDemo watches the mailbox of the demo as the agent does, with icon and window
// on the desktop, until the window is closed. Nothing of the user's own agent,
// settings and history is touched.
func showDemo(ctx context.Context, s Streams, server *exchangetest.Server, o diag.Options) error {
	dir, err := os.MkdirTemp("", "mapiscope-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte("address: "+o.Address+"\nuser: "+o.User+"\n"), 0o600); err != nil {
		return err
	}
	socket := filepath.Join(dir, "agent.sock")
	l, err := listen(socket)
	if err != nil {
		return err
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := demoMonitor(dir, o)
	if err != nil {
		return err
	}
	computer, err := server.ComputerFlags(dir)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- serveAgent(ctx, l, m, m.Run) }()
	faces := demoFaces{socket: socket, config: config, env: append(environment(server, computer), "XDG_STATE_HOME="+dir, envPassword+"="+o.Password.Reveal())}
	err = faces.show(ctx, s, m)
	cancel()
	return errors.Join(err, <-ended)
}

func demoMonitor(dir string, o diag.Options) (*monitor.Monitor, error) {
	cfg := monitor.Config{Options: o, Agent: thisAgent()}
	history, _, err := monitor.OpenHistory(monitor.HistoryFile(dir, o.Address), thisAgent().Started.Time)
	if err != nil {
		return nil, err
	}
	cfg.History = history
	m, err := monitor.New(cfg)
	return m, fromDiag(err)
}

// demoFaces are the icon and the window of the demo, each a process as always.
type demoFaces struct {
	socket, config string
	env            []string
}

func (f demoFaces) show(ctx context.Context, s Streams, m *monitor.Monitor) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if tray.Built {
		icon, err := f.command(ctx, io.Discard, "tray")
		if err != nil {
			return err
		}
		if err := icon.Start(); err != nil {
			return err
		}
		defer icon.Wait() // it ends with ctx
		defer cancel()
	}
	window, err := f.command(ctx, s.Err, "window")
	if err != nil {
		return err
	}
	if err := m.Check(nil, nil); err != nil && !errors.Is(err, monitor.ErrChecking) {
		return err
	}
	fmt.Fprintln(s.Err, "the demo is on your desktop until its window is closed; \"mapiscope demo --headless\" prints the report instead")
	err = window.Run()
	if ctx.Err() != nil {
		return nil // Ctrl-C ends the demo as closing its window does
	}
	return err
}

func (f demoFaces) command(ctx context.Context, stderr io.Writer, face string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, face, "--socket", f.socket, "--config", f.config)
	cmd.Env, cmd.Stderr = append(os.Environ(), f.env...), stderr
	return cmd, nil
}
