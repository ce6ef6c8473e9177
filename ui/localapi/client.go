package localapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
)

// ErrNoAgent says that no agent of this user runs.
var ErrNoAgent = errors.New("no mapiscope agent is running")

// Refusal is an answer of the agent that says no; the sentence is for a person.
type Refusal struct {
	Status   int // HTTP status
	Sentence string
	Hint     string // the next step, may be ""
}

func (e *Refusal) Error() string { return e.Sentence }

// What an answer may cost a face. A report of a long trace stays below 64 MiB,
// a snapshot far below 1 MiB.
const (
	maxSnapshot = 4 << 20
	maxAnswer   = 64 << 20
	// callTime is for a request that the agent answers from memory.
	callTime = 10 * time.Second
	// reportTime is for a report, which may have to be written first.
	reportTime = 60 * time.Second
)

// Client talks to the agent at one socket. It is safe for concurrent use.
type Client struct {
	socket string
	http   *http.Client
}

// NewClient is a client of the agent that listens on socket; "" is the user's
// own (SocketPath). It does no I/O.
func NewClient(socket string) *Client {
	if socket == "" {
		socket = SocketPath()
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{socket: socket, http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableCompression: true}}}
}

// Close drops the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Snapshot is the agent's state now. ErrNoAgent when none runs.
func (c *Client) Snapshot(ctx context.Context) (*monitor.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	body, err := c.do(ctx, http.MethodGet, "/v1/snapshot", nil)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return readSnapshot(body)
}

// Snapshots is the stream of snapshots: the state now, then each new one; a slow
// reader gets the newest and misses those between. It ends with the error that
// ended it (ErrNoAgent at the start, io.EOF when the agent quits, ctx's), yielded
// beside nil.
func (c *Client) Snapshots(ctx context.Context) iter.Seq2[*monitor.Snapshot, error] {
	return func(yield func(*monitor.Snapshot, error) bool) {
		body, err := c.do(ctx, http.MethodGet, "/v1/snapshots", nil)
		if err != nil {
			yield(nil, err)
			return
		}
		defer body.Close()
		lines := bufio.NewScanner(body)
		lines.Buffer(nil, maxSnapshot)
		for lines.Scan() {
			s, err := readSnapshot(bytes.NewReader(lines.Bytes()))
			if !yield(s, err) || err != nil {
				return
			}
		}
		err = lines.Err()
		switch {
		case ctx.Err() != nil:
			err = context.Cause(ctx)
		case err == nil:
			err = io.EOF
		}
		yield(nil, err)
	}
}

// CheckRequest says which checks to run; empty lists run all.
type CheckRequest struct {
	Only []string `json:"only,omitempty"`
	Skip []string `json:"skip,omitempty"`
}

// Check starts a run of checks and returns at once; the snapshots show how it
// goes (Snapshot.Check) and what it came to (Snapshot.LastReport). One that is
// going on already is a *Refusal with status 409.
func (c *Client) Check(ctx context.Context, q CheckRequest) error {
	return c.command(ctx, "/v1/check", q)
}

// Pause drops the connections and keeps the session context, until Resume.
func (c *Client) Pause(ctx context.Context) error { return c.command(ctx, "/v1/pause", nil) }

// Resume ends a Pause; the snapshots show the outcome.
func (c *Client) Resume(ctx context.Context) error { return c.command(ctx, "/v1/resume", nil) }

// Quit ends the agent; it closes its sessions first.
func (c *Client) Quit(ctx context.Context) error { return c.command(ctx, "/v1/quit", nil) }

// ReportRequest says in which form to hand the last report out.
type ReportRequest struct {
	Format    string `json:"format,omitempty"`    // report.FormatNames; "" is "json"
	Redaction string `json:"redaction,omitempty"` // "none", "normal" (or ""), "strict"
}

// Report is the report of the last run of checks, with the outages; a *Refusal
// with status 404 before the first run.
func (c *Client) Report(ctx context.Context, q ReportRequest) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	body, err := c.do(ctx, http.MethodPost, "/v1/report", q)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(io.LimitReader(body, maxAnswer))
}

func (c *Client) command(ctx context.Context, path string, q any) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	body, err := c.do(ctx, http.MethodPost, path, q)
	if err != nil {
		return err
	}
	return body.Close()
}

// do sends one request; the caller closes the body.
func (c *Client) do(ctx context.Context, method, path string, q any) (io.ReadCloser, error) {
	var in io.Reader
	if q != nil {
		b, err := json.Marshal(q)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://agent"+path, in)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if resp.StatusCode >= 300 {
		defer resp.Body.Close()
		return nil, readRefusal(resp)
	}
	return resp.Body, nil
}

// unreachable tells an agent that is not there from other trouble.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if nobodyListens(err) {
		return ErrNoAgent
	}
	return fmt.Errorf("the agent at %s does not answer: %w", c.socket, err)
}

func readSnapshot(r io.Reader) (*monitor.Snapshot, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSnapshot))
	if err != nil {
		return nil, err
	}
	s := &monitor.Snapshot{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("the agent's answer is no snapshot: %w", err)
	}
	if s.Schema != monitor.SnapshotSchema {
		return nil, fmt.Errorf("the agent speaks %q, this program %q: restart the agent", s.Schema, monitor.SnapshotSchema)
	}
	return s, nil
}

// refusalBody is how the agent says no.
type refusalBody struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

func readRefusal(resp *http.Response) error {
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what came says enough
	var said refusalBody
	if json.Unmarshal(b, &said) != nil || said.Error == "" {
		said.Error = strings.TrimSpace(resp.Status + ": " + string(b))
	}
	return &Refusal{Status: resp.StatusCode, Sentence: said.Error, Hint: said.Hint}
}
