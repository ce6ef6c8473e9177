package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/ui/localapi"
)

// runSelf runs this program with other arguments and returns the sentence with
// which it ended, if it ended badly and said one.
func runSelf(ctx context.Context, args ...string) (said string, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	return lastSentence(stderr.Bytes()), err
}

// lastSentence is the "mapiscope: sentence" in what a process wrote.
func lastSentence(b []byte) string {
	for line := range bytes.Lines(b) {
		if said, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "mapiscope: "); ok {
			return said
		}
	}
	return ""
}

// agentStarter starts an agent that outlives us.
type agentStarter struct {
	socket, config string
	client         *localapi.Client
}

// agentLimit is for a new agent to answer: it opens its socket first of all.
const agentLimit = 10 * time.Second

// start starts the agent and returns when it answers, or why it ended. The
// password, where there is one, goes through a pipe: neither arguments nor the
// environment of a process are secret.
func (a agentStarter) start(ctx context.Context, password string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := agentLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(program, a.args(password != "")...)
	cmd.Stderr = log // a file and not a pipe, which would end it together with us
	if password != "" {
		cmd.Stdin = strings.NewReader(password + "\n")
	}
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the agent cannot be started: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return a.await(ctx, ended, log.Name())
}

func (a agentStarter) args(withPassword bool) []string {
	args := []string{"agent"}
	if a.config != "" {
		args = append(args, "--config", a.config)
	}
	if a.socket != "" {
		args = append(args, "--socket", a.socket)
	}
	if withPassword {
		args = append(args, "--password-stdin")
	}
	return args
}

// await knocks until the agent answers. Another one that was faster is as good.
func (a agentStarter) await(ctx context.Context, ended <-chan error, log string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, agentLimit, fmt.Errorf("the agent does not answer within %v; what it said is in %s", agentLimit, log))
	defer cancel()
	knock := time.NewTicker(20 * time.Millisecond)
	defer knock.Stop()
	for {
		_, err := a.client.Snapshot(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case end := <-ended:
			if _, err := a.client.Snapshot(ctx); err == nil {
				return nil
			}
			return agentEnd(end, log)
		case <-knock.C:
		}
	}
}

// agentEnd is the sentence of an agent that ended at once.
func agentEnd(end error, log string) error {
	b, _ := os.ReadFile(log) // nothing said is an answer too
	if said := lastSentence(b); said != "" {
		return errors.New(said)
	}
	return fmt.Errorf("the agent ended at once (%v); what it said is in %s", end, log)
}

// agentLog is where an agent that nobody watches says what goes wrong.
func agentLog() (*os.File, error) {
	if err := os.MkdirAll(stateFolder(), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(stateFolder(), "agent.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
}
