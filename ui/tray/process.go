package tray

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// process is another face of this program, or the agent, in a process of its own:
// it outlives the tray, and what it says of trouble is kept.
type process struct {
	program string
	args    []string
	log     string // file of its standard error: a pipe would end it together with us

	mu     sync.Mutex
	live   []*os.Process
	began  time.Time
	failed string // the last sentence of one that ended badly
	next   time.Time
	wait   time.Duration
}

// How long to wait before an agent that ended soon after its start is started
// again: it will hardly do better the next second, and a person may need an hour.
const (
	firstWait = time.Second
	lastWait  = time.Minute
)

// keep starts the process unless it runs or ended a moment ago.
func (p *process) keep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.live) > 0 || time.Now().Before(p.next) {
		return
	}
	if time.Since(p.began) > lastWait {
		p.wait = 0
	}
	p.wait = min(max(2*p.wait, firstWait), lastWait)
	p.next = time.Now().Add(p.wait)
	if err := p.start(nil); err != nil {
		p.failed = err.Error()
	}
}

// open starts one more; failed is called with its last sentence if it ends badly.
func (p *process) open(failed func(string)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.start(failed)
}

func (p *process) start(failed func(string)) error {
	said, err := os.OpenFile(p.log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer said.Close()
	cmd := exec.Command(p.program, p.args...)
	cmd.Stderr = said
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	p.live, p.began = append(p.live, cmd.Process), time.Now()
	go p.await(cmd, failed)
	return nil
}

func (p *process) await(cmd *exec.Cmd, failed func(string)) {
	err := cmd.Wait()
	p.mu.Lock()
	p.live = slices.DeleteFunc(p.live, func(one *os.Process) bool { return one == cmd.Process })
	p.failed = ""
	if err != nil {
		p.failed = lastWords(p.log, err)
	}
	said := p.failed
	p.mu.Unlock()
	if failed != nil && said != "" {
		failed(said)
	}
}

// trouble is the sentence of the last one if that ended badly, else "".
func (p *process) trouble() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.live) > 0 {
		return ""
	}
	return p.failed
}

// end asks those that we started to go.
func (p *process) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.live {
		terminate(one)
	}
}

// lastWords are the sentence that the program ended with ("mapiscope: sentence"),
// or what the system says of its end.
func lastWords(log string, err error) string {
	b, _ := os.ReadFile(log) // nothing said is an answer too
	for line := range bytes.Lines(b) {
		if said, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "mapiscope: "); ok {
			return said
		}
	}
	return err.Error()
}
