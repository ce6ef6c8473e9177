package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

const agentLong = `Keeps one session open to the mailbox, the way Outlook does, and watches it: it
pauses when the computer sleeps or has no network, resumes on the next network,
and proves that the server still holds the same session. No display is needed.

Ask it with "mapiscope status", "watch", "pause" and "resume". There is one agent
per user; it listens on $XDG_RUNTIME_DIR/mapiscope/agent.sock, which its owner
alone can open.

The account comes from the configuration file (keys "address" and "user") or from
the command line. The password comes from --password-stdin, MAPISCOPE_PASSWORD or
the system's keyring (service "mapiscope").`

// socketFlag is where the agent listens, for all that talk to it.
type socketFlag struct{ path string }

func (f *socketFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.path, "socket", "", "the agent's `SOCKET` (default $XDG_RUNTIME_DIR/mapiscope/agent.sock)")
}

func newAgent(s Streams) *cobra.Command {
	var account accountFlags
	var socket socketFlag
	var address string
	cmd := &cobra.Command{
		Use:   "agent [ADDRESS]",
		Short: "watch the mailbox in the background, without a display",
		Long:  agentLong,
		Example: `  mapiscope agent alice@contoso.com
  pass show mail | mapiscope agent --password-stdin
  systemctl --user enable --now mapiscope-agent`,
		Args: atMost(1, "one e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && address != "" {
				args = []string{address}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM) // how services are ended
			defer stop()
			l, err := listen(socket.path)
			if err != nil {
				return err
			}
			defer l.Close()
			if len(args) == 0 {
				fmt.Fprintln(s.Err, "mapiscope agent: no account is configured yet; put \"address: alice@contoso.com\" into "+shownConfigFile)
				return serveAgent(ctx, l, monitor.NoAccount(thisAgent()), nil)
			}
			return account.watch(ctx, s, l, args)
		},
	}
	account.register(cmd)
	socket.register(cmd)
	cmd.Flags().StringVar(&address, "address", "", "e-mail `ADDRESS` of the mailbox, for the configuration file")
	return cmd
}

func listen(socket string) (*localapi.Listener, error) {
	l, err := localapi.Listen(socket)
	if errors.Is(err, localapi.ErrRunning) {
		return nil, usagef("%v", err).hint("see what it does with \"mapiscope status\"")
	}
	if err != nil {
		return nil, usagef("%v", err).hint("name another place with --socket FILE")
	}
	return l, nil
}

// watch runs the monitor for the account until it is told to quit.
func (f *accountFlags) watch(ctx context.Context, s Streams, l *localapi.Listener, args []string) error {
	o, err := f.options(args)
	if err != nil {
		return err
	}
	if err := f.secrets(ctx, s, &o); err != nil {
		return err
	}
	if o.Password.Empty() && !f.signIn.signsInWithout(o.Auth) {
		return usagef("no password for %s was found, and without one there is no session to watch", o.User).
			hint("store it in the keyring, for example: secret-tool store --label=mapiscope service mapiscope username '%s'", o.User).
			hint("or pass it with --password-stdin or %s", envPassword)
	}
	o.Tool = report.Tool{Name: "mapiscope", Version: version, Commit: builtCommit()}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := newMonitor(ctx, o)
	if err != nil {
		return err
	}
	go settle(ctx, m)
	fmt.Fprintf(s.Err, "mapiscope agent: watching %s; ask it with \"mapiscope status\"\n", o.Address)
	return serveAgent(ctx, l, m, m.Run)
}

// newMonitor gives the monitor its history and the events of the system. Neither
// missing keeps anybody from their mail: the snapshots say so.
func newMonitor(ctx context.Context, o diag.Options) (*monitor.Monitor, error) {
	cfg := monitor.Config{Options: o, Agent: thisAgent()}
	var err error
	if cfg.History, cfg.Notice, err = monitor.OpenHistory(monitor.HistoryFile(stateFolder(), o.Address), time.Now()); err != nil {
		cfg.History, cfg.Notice = nil, err.Error()
	}
	if now, err := netmon.Read(); err == nil {
		cfg.Network = &now
	}
	awake := make(chan struct{}, 1)
	cfg.Awake = awake
	if cfg.Changes, err = netmon.Watch(ctx, netmon.Options{Awake: awake}); err != nil {
		cfg.Notice = "Changes of the network are not noticed: " + err.Error()
	}
	m, err := monitor.New(cfg)
	return m, fromDiag(err)
}

// serveAgent answers on l, and runs run beside it, until ctx or a quit ends both.
func serveAgent(ctx context.Context, l *localapi.Listener, a localapi.Agent, run func(context.Context)) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if run != nil {
			run(ctx)
		}
	}()
	err := localapi.Serve(ctx, l, a, quit)
	quit()
	<-ended
	if err != nil {
		return fmt.Errorf("the agent's socket failed: %w", err)
	}
	return nil
}

func thisAgent() monitor.Agent {
	return monitor.Agent{Version: version, Commit: builtCommit(), PID: os.Getpid(), Started: report.At(time.Now())}
}

// stateFolder is where the history lies: $XDG_STATE_HOME/mapiscope, or what
// stands for it on this system.
func stateFolder() string { return stateFolderOf(runtime.GOOS, os.Getenv, os.UserHomeDir) }

func stateFolderOf(goos string, env func(string) string, home func() (string, error)) string {
	if dir := env("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "mapiscope")
	}
	if dir := env("LOCALAPPDATA"); goos == "windows" && dir != "" {
		return filepath.Join(dir, "mapiscope")
	}
	at, err := home()
	if err != nil {
		return filepath.Join(os.TempDir(), "mapiscope-state")
	}
	if goos == "darwin" {
		return filepath.Join(at, "Library", "Application Support", "mapiscope")
	}
	return filepath.Join(at, ".local", "state", "mapiscope")
}
