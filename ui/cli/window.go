package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/ui/localapi"
)

const windowLong = `Opens the window: the verdict and what to do about it, the connections, every
check with its evidence, the requests, the certificates, and the settings. It is
a client of the agent, which it starts where none runs; closing it ends nothing.

Where no window can be opened (no OpenGL, as in many remote sessions, or a build
without one) the last report is opened in the browser instead, and why is said.`

// windowFlags are the flags of "window".
type windowFlags struct {
	socket               socketFlag
	tab, language, theme string
	probe                bool
	raised               <-chan struct{} // another "window" command was run
}

func newWindow(s Streams) *cobra.Command {
	var f windowFlags
	cmd := &cobra.Command{
		Use:   "window",
		Short: "open the window",
		Long:  windowLong,
		Example: `  mapiscope window
  mapiscope window --tab certificates
  mapiscope window --language de --theme dark`,
		Args: atMost(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.probe {
				return printProbe(s)
			}
			return f.open(cmd, s)
		},
	}
	f.socket.register(cmd)
	choice(cmd, &f.language, "language", "language of the window: auto (the system's), en or de", "auto", "en", "de")
	choice(cmd, &f.theme, "theme", "appearance of the window: auto (the system's), light or dark", "auto", "light", "dark")
	cmd.Flags().StringVar(&f.tab, "tab", "", "open this `PAGE`: overview, guide, connections, checks, timeline, certificates, web, requests or settings (default: that of last time)")
	cmd.Flags().BoolVar(&f.probe, "probe", false, "say whether a window can be opened, and open none")
	_ = cmd.Flags().MarkHidden("probe")
	return cmd
}

// open shows the window, or the report in the browser where there can be none.
func (f *windowFlags) open(cmd *cobra.Command, s Streams) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM) // how the icon ends it, and sessions
	defer stop()
	client := localapi.NewClient(f.socket.path)
	defer client.Close()
	agent := agentStarter{socket: f.socket.path, config: configFlag(cmd), client: client}
	why := make(chan error, 1)
	go func() { why <- probeWindow(ctx) }()
	_, err := client.Snapshot(ctx)
	if errors.Is(err, localapi.ErrNoAgent) {
		err = agent.start(ctx, "")
	}
	none := <-why
	if none == nil {
		release, first := f.beFirst()
		if !first {
			fmt.Fprintln(s.Err, "the window is open already")
			return nil
		}
		defer release()
	}
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case none != nil:
		fmt.Fprintf(s.Err, "no window can be opened: %v\n", none)
		if err != nil {
			return noAgent(err)
		}
		return reportInstead(ctx, s, client)
	case err != nil:
		fmt.Fprintf(s.Err, "the window opens without an agent: %v\n", err)
	}
	return f.run(ctx, cmd, client, agent)
}

// beFirst makes this the one window of the user; a later one rings at its socket
// and goes. It is false when an earlier one is there, which has been rung.
func (f *windowFlags) beFirst() (release func(), first bool) {
	agent := f.socket.path
	if agent == "" {
		agent = localapi.SocketPath()
	}
	socket := filepath.Join(filepath.Dir(agent), "window.sock")
	l, err := localapi.Listen(socket)
	if errors.Is(err, localapi.ErrRunning) {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
		}
		return nil, false
	}
	if err != nil {
		return func() {}, true // no place for a socket is no reason to have no window
	}
	rung := make(chan struct{})
	f.raised = rung
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
			rung <- struct{}{}
		}
	}()
	return func() { l.Close() }, true
}

// probeLimit is for a driver that takes its time; one that hangs is none.
const probeLimit = 10 * time.Second

// probeWindow says why no window can be opened, or nil. The answer comes from a
// process of its own: where there is no OpenGL the window library may end its
// process, and a driver may crash.
func probeWindow(ctx context.Context) error {
	if !windowBuilt {
		return errors.New("this build is the command line alone, without the desktop's libraries")
	}
	if !hasScreen() {
		return errors.New("there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)")
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	said, err := runSelf(ctx, "window", "--probe")
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("this screen's OpenGL does not answer within %v", probeLimit)
	case said != "":
		return errors.New(said)
	}
	return fmt.Errorf("this screen has no OpenGL that works (%w)", err)
}

// reportInstead opens the last report in the browser, after a run of checks where
// there is none yet.
func reportInstead(ctx context.Context, s Streams, client *localapi.Client) error {
	page, err := client.Report(ctx, localapi.ReportRequest{Format: "html"})
	var refused *localapi.Refusal
	if errors.As(err, &refused) && refused.Status == 404 {
		fmt.Fprintln(s.Err, "nothing has been checked yet; checking now …")
		if err = checkAndWait(ctx, client); err == nil {
			page, err = client.Report(ctx, localapi.ReportRequest{Format: "html"})
		}
	}
	if err != nil {
		return noAgent(err)
	}
	file := filepath.Join(stateFolder(), "report.html")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return usagef("cannot keep the report: %v", reason(err))
	}
	if err := writeFile(file, func(w io.Writer) error { _, err := w.Write(page); return err }); err != nil {
		return err
	}
	if err := openBrowser(ctx, file); err != nil {
		return usagef("no browser can be opened here: %v", err).
			hint("the report is in %s", file).
			hint("in a terminal: mapiscope status, and for one diagnosis: %s", addressExample)
	}
	fmt.Fprintf(s.Err, "opened in your browser instead: the report of the last checks, %s\n", file)
	return nil
}

// checkAndWait lets the agent check and returns when it has.
func checkAndWait(ctx context.Context, client *localapi.Client) error {
	asked := false
	for now, err := range client.Snapshots(ctx) {
		switch {
		case err != nil:
			return err
		case now.LastReport != nil:
			return nil
		case !asked && now.Check == nil:
			if err := client.Check(ctx, localapi.CheckRequest{}); err != nil {
				return err
			}
			asked = true
		}
	}
	return nil
}

// configFlag is the configuration file that was named, for a child to use too.
func configFlag(cmd *cobra.Command) string {
	path, _ := cmd.Flags().GetString("config")
	return path
}
