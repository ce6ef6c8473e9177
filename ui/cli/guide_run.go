package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/auth"
)

// guided is one guided run in a terminal. The walk itself is a guide.Session; this
// shows its steps, reads the answers, and runs the checks.
type guided struct {
	s            Streams
	paint        painter
	keys         *keys
	role         string
	house        *guide.File
	first        *report.Report // to start from, or nil
	o            diag.Options
	out          outputFlags
	timeout      time.Duration
	hold         time.Duration
	asksPassword bool // somebody is there to type a new one

	// Of the demo: what is done for real when somebody says that it is done, and
	// what changes before each run. Nil elsewhere.
	mend    func(cause string)
	refresh func(*diag.Options) error

	session *guide.Session
	cause   string // whose heading was written last
}

func (g *guided) run(ctx context.Context) error {
	g.heading()
	if g.first == nil {
		r, err := g.check(ctx, nil)
		if err != nil {
			return g.interrupted(err)
		}
		g.first = r
	}
	var err error
	if g.session, err = guide.Start(g.first, guide.Options{Role: g.role, House: g.house, Known: diag.KnownActions()}); err != nil {
		return err
	}
	if g.session.Step().Kind != guide.Done {
		g.showVerdict(g.first)
	}
	for {
		step := g.session.Step()
		if step.Kind == guide.Done {
			return g.end(ctx, step.Ending)
		}
		if err := g.take(ctx, step); err != nil {
			return g.interrupted(err)
		}
	}
}

// take takes one step.
func (g *guided) take(ctx context.Context, step guide.Step) error {
	if step.Kind == guide.Check {
		return g.recheck(ctx, step)
	}
	g.showStep(step)
	fallback := ""
	if step.Kind == guide.Do {
		fallback = step.Choices[0].ID
	}
	id, err := g.keys.answer(ctx, step.Choices, fallback)
	if err != nil {
		return err
	}
	g.showAnswer(step, id)
	if id == stop {
		g.session.Stop()
		return nil
	}
	if id == guide.ChoiceDone {
		if g.mend != nil {
			g.mend(step.Cause)
		}
		if err := g.passwordAnew(step.Cause); err != nil {
			return err
		}
	}
	return g.session.Answer(id)
}

// recheck runs the checks of one cause, or all of them, and says what came of it.
func (g *guided) recheck(ctx context.Context, step guide.Step) error {
	r, err := g.check(ctx, step.Recheck)
	if err != nil {
		return err
	}
	before := g.session.Last.Verdict
	if err := g.session.Checked(r); err != nil {
		return err
	}
	if step.Recheck != nil {
		g.showGone(step, r)
		return nil
	}
	if (r.Verdict.Cause != before.Cause || r.Verdict.Status != before.Status) && g.session.Step().Kind != guide.Done { // whose end says it
		g.showVerdict(r)
	}
	return nil
}

// check runs checks; nil is all of them.
func (g *guided) check(ctx context.Context, only []string) (*report.Report, error) {
	o := g.o
	o.Only, o.Timeout, o.Tool = only, g.timeout, report.Tool{Name: "mapiscope", Version: version, Commit: builtCommit()}
	if only == nil {
		o.Hold = max(o.Hold, g.hold)
	}
	if g.refresh != nil {
		if err := g.refresh(&o); err != nil {
			return nil, err
		}
	}
	shown := briefly{g.s}
	o.Progress = shown.event
	r, err := diag.Diagnose(ctx, o)
	shown.stop(r)
	if err != nil {
		return nil, fromDiag(err)
	}
	if ctx.Err() != nil {
		if g.session == nil {
			g.first = r
		}
		return nil, errInterrupted
	}
	return r, nil
}

// passwordCauses are those after whose steps there may be a new password.
var passwordCauses = []string{"bad-credentials", "password-expired", "account-locked"}

// passwordAnew asks for the password as it is now; nothing keeps the old one.
func (g *guided) passwordAnew(cause string) error {
	if !g.asksPassword || !slices.Contains(passwordCauses, cause) {
		return nil
	}
	fmt.Fprintln(g.s.Err, "If the password is a new one now, type it. Each check signs in with it once per")
	fmt.Fprintln(g.s.Err, "server; a wrong one, tried often, locks an account.")
	password, err := promptFor(g.s, fmt.Sprintf("Password for %s (Enter: the same as before): ", g.o.User))
	if err == nil && password != "" {
		g.o.Password = auth.NewSecret(password)
	}
	return err
}

// interrupted writes what is known before a run ends early.
func (g *guided) interrupted(err error) error {
	if codeOf(err) != ExitInterrupted {
		return err
	}
	g.say("\n")
	known := g.first
	if g.session != nil {
		known = g.session.Last
	}
	if known != nil && g.out.output != "" {
		if failed := g.save(known); failed != nil {
			return failed
		}
		return errInterrupted
	}
	return errStopped
}
