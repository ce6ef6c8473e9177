package checks

import (
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// waited is a wait with PENDING tags at these times, as of a server that sends
// one every 30 s.
func waited(elapsed time.Duration, pending ...time.Duration) *mapihttp.WaitResult {
	res := &mapihttp.WaitResult{Elapsed: elapsed, PendingPeriod: 30 * time.Second,
		Tags: []mapihttp.Tag{{Name: mapihttp.TagProcessing, At: 20 * time.Millisecond}}}
	for _, at := range pending {
		res.Tags = append(res.Tags, mapihttp.Tag{Name: mapihttp.TagPending, At: at})
	}
	return res
}

var (
	cutErr  = &mapihttp.Failure{Phase: netpath.PhaseBody, Delivery: mapihttp.AnswerLost, Op: "NotificationWait"}
	silence = &mapihttp.Failure{Phase: netpath.PhaseBody, Delivery: mapihttp.AnswerLost, Err: &mapihttp.LimitError{What: "the next meta-tag"}}
	refusal = failure(netpath.PhaseHTTP, func(f *mapihttp.Failure) { f.Status, f.Delivery = 503, mapihttp.Answered })
	short   = 10 * time.Second
	long    = 30 * time.Minute
)

func TestJudgeRest(t *testing.T) {
	want(t, judgeRest(held{waited(short), nil, short}, "mail"), report.Pass, "lasted the 10s")
	want(t, judgeRest(held{waited(36*time.Second, 30*time.Second), cutErr, long}, "mail"), report.Fail, "after 6s of rest", suite.RestCut)
	want(t, judgeRest(held{nil, refusal, short}, "mail"), report.Fail, "503", suite.HTTPUnavailable)
	if o := judgeRest(held{waited(short), silence, long}, "mail"); has(o.Signals, suite.RestCut) {
		t.Errorf("silence is no cut: %+v", o)
	}
}

func TestJudgeGaps(t *testing.T) {
	min := time.Minute
	want(t, judgeGaps(nil, "mail"), report.Skip, "--hold")
	want(t, judgeGaps([]time.Duration{min, 7 * min, 20 * min, 3 * time.Second}, "mail"), report.Pass, "no regular time")
	o := judgeGaps([]time.Duration{5 * min, 7 * time.Second, 5*min + 9*time.Second, 5*min + 2*time.Second}, "mail")
	want(t, o, report.Warn, "3 of 4 connections to mail that were cut had been at rest for about 5m0s", suite.RestCut)
	if h := o.Evidence["gaps"].(map[string]int); h["below 15m0s"] != 3 || h["below 30s"] != 1 {
		t.Errorf("%v", h)
	}
}

func TestJudgeLongPoll(t *testing.T) {
	s := time.Second
	for _, good := range []held{
		{waited(2 * s), nil, 2 * s},
		{waited(95*s, 30*s, 60*s, 90*s), nil, 95 * s},
		{waited(95*s, 30*s, 61*s, 89*s), nil, 95 * s}, // a slow path is no proxy
		{waited(40*s, 30*s), cutErr, long},            // the other check says what that is
	} {
		want(t, judgeLongPoll(good, "mail"), report.Pass, "first piece")
	}
	want(t, judgeLongPoll(held{nil, nil, 2 * s}, "mail"), report.Fail, "no piece", suite.WaitNotOpened)
	want(t, judgeLongPoll(held{waited(125*s, 120*s, 120*s, 121*s, 121*s), nil, 125 * s}, "mail"), report.Fail, "arrive together, the first of them 1m30s late", suite.WaitNotOpened)
	want(t, judgeLongPoll(held{waited(80 * s), nil, 80 * s}, "mail"), report.Fail, "late", suite.WaitNotOpened)
	want(t, judgeLongPoll(held{nil, refusal, 2 * s}, "mail"), report.Skip, "503")
}

func TestJudgeResumption(t *testing.T) {
	want(t, judgeResumption(&mapihttp.Resumption{Outcome: mapihttp.OutcomeResumed, Took: time.Second}, "mail"), report.Pass, "still held the session after 1s")
	want(t, judgeResumption(&mapihttp.Resumption{Outcome: mapihttp.OutcomeReestablished, Why: mapihttp.WhyRestarted, Refusal: refusal}, "mail"),
		report.Fail, "server-restart", suite.ContextNotKept)
	want(t, judgeResumption(&mapihttp.Resumption{Outcome: mapihttp.OutcomeLost, Err: refusal}, "mail"), report.Fail, "503", suite.HTTPUnavailable)
	all := []*httpc.Exchange{{Check: "resume.context", Connect: 1}, {Check: "resume.context"}, {Check: "mapi.ping", Connect: 1}}
	if c := cost(all, "resume.context"); c["connections"] != 1 || c["http_requests"] != 2 {
		t.Errorf("%v", c)
	}
}
