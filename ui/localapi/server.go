package localapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/redact"
)

// Agent is what the API serves; *monitor.Monitor is one.
type Agent interface {
	Snapshot() (*monitor.Snapshot, <-chan struct{})
	Check(only, skip []string) error
	Pause() error
	Resume() error
	Report() (*report.Report, error)
}

const (
	// maxRequest bounds a request's body: a list of check ids.
	maxRequest = 64 << 10
	// lineTime is how long one line of a stream may take to be read. A face that
	// stops reading for longer is cut off and comes back for the newest state.
	lineTime = 30 * time.Second
	// endTime is what open requests get when the agent quits.
	endTime = 2 * time.Second
)

// Serve answers on l until ctx ends; it closes l. quit is called for POST
// /v1/quit; it should make ctx end.
func Serve(ctx context.Context, l net.Listener, agent Agent, quit func()) error {
	s := &server{agent: agent, quit: quit}
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /v1/snapshot":  s.snapshot,
		"GET /v1/snapshots": s.snapshots,
		"POST /v1/check":    s.check,
		"POST /v1/pause":    order(agent.Pause),
		"POST /v1/resume":   order(agent.Resume),
		"POST /v1/report":   s.report,
		"POST /v1/quit":     order(func() error { quit(); return nil }),
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
			if err := handle(w, r); err != nil {
				refuse(w, err)
			}
		})
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: callTime, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if srv.Shutdown(last) != nil {
		srv.Close()
	}
	<-ended
	return nil
}

type server struct {
	agent Agent
	quit  func()
}

func (s *server) snapshot(w http.ResponseWriter, _ *http.Request) error {
	now, _ := s.agent.Snapshot()
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(now)
}

// snapshots writes a line for each state that it gets to see; while a line is
// under way newer ones replace each other.
func (s *server) snapshots(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/jsonl")
	out, lines := http.NewResponseController(w), json.NewEncoder(w)
	for {
		now, newer := s.agent.Snapshot()
		_ = out.SetWriteDeadline(time.Now().Add(lineTime)) // a socket has deadlines
		if lines.Encode(now) != nil || out.Flush() != nil {
			return nil // the reader has gone
		}
		select {
		case <-newer:
		case <-r.Context().Done():
			return nil
		}
	}
}

func (s *server) check(w http.ResponseWriter, r *http.Request) error {
	var q CheckRequest
	if err := readJSON(r, &q); err != nil {
		return err
	}
	if err := s.agent.Check(q.Only, q.Skip); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// order is a request without a body that is carried out and answered at once.
func order(do func() error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, _ *http.Request) error {
		if err := do(); err != nil {
			return err
		}
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
}

func (s *server) report(w http.ResponseWriter, r *http.Request) error {
	q := ReportRequest{}
	if err := readJSON(r, &q); err != nil {
		return err
	}
	if q.Format == "" {
		q.Format = "json"
	}
	format, err := report.FormatNamed(q.Format)
	if err != nil {
		return &Refusal{Status: http.StatusBadRequest, Sentence: err.Error()}
	}
	if q.Redaction == "" {
		q.Redaction = "normal"
	}
	level, err := redact.ParseLevel(q.Redaction)
	if err != nil {
		return &Refusal{Status: http.StatusBadRequest, Sentence: err.Error()}
	}
	last, err := s.agent.Report()
	if err != nil {
		return err
	}
	if last == nil {
		return &Refusal{Status: http.StatusNotFound, Sentence: "no checks have been run yet", Hint: "run them first: POST /v1/check"}
	}
	if last, err = redact.Apply(last, level); err != nil {
		return err
	}
	var file bytes.Buffer // a half-written answer could not be refused any more
	if err := format.Write(&file, last, report.View{Verbose: true}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", format.Type)
	_, err = file.WriteTo(w)
	return err
}

// readJSON reads a body; an empty one leaves the zero value.
func readJSON(r *http.Request, into any) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return &Refusal{Status: http.StatusRequestEntityTooLarge, Sentence: "the request is too large"}
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return &Refusal{Status: http.StatusBadRequest, Sentence: "the request is not understood: " + err.Error()}
	}
	return nil
}

// refuse says no in the one form that Client reads.
func refuse(w http.ResponseWriter, err error) {
	said := &Refusal{Status: http.StatusInternalServerError, Sentence: err.Error()}
	var own *Refusal
	switch {
	case errors.As(err, &own):
		said = own
	case errors.Is(err, monitor.ErrChecking):
		said.Status, said.Hint = http.StatusConflict, "wait until they have ended; the snapshots show it"
	case errors.Is(err, monitor.ErrNoAccount):
		said.Status = http.StatusConflict
	case errors.Is(err, monitor.ErrEnded):
		said.Status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(said.Status)
	_ = json.NewEncoder(w).Encode(refusalBody{said.Sentence, said.Hint}) // nobody is left to tell
}
