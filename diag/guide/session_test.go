package guide_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
)

// drive answers and checks as the script says, and gives the steps that were seen.
// A word of the script is the ID of a choice, or "sees A B" for a run that finds
// these causes.
func drive(t *testing.T, s *guide.Session, script ...string) (ids []string) {
	t.Helper()
	for n, word := range script {
		step := s.Step()
		ids = append(ids, step.ID)
		var err error
		if found, ok := strings.CutPrefix(word, "sees"); ok {
			err = s.Checked(ruled(word+string(rune('0'+n)), strings.Fields(found)...))
		} else {
			err = s.Answer(word)
		}
		if err != nil {
			t.Fatalf("%s at %+v: %v", word, step, err)
		}
	}
	return append(ids, s.Step().ID)
}

func TestWays(t *testing.T) {
	for _, c := range []struct {
		name, role string
		found      []string
		script     []string
		want       []string
		outcome    guide.Outcome
	}{
		{"nothing is wrong", guide.User, nil, nil, []string{"end"}, guide.Working},
		{"mended by the first thing", guide.User, []string{"no-network"}, []string{"done", "sees", "sees"},
			[]string{"no-network/action-1", "no-network/check", "check", "end"}, guide.Working},
		{"not mended, and handed over", guide.User, []string{"no-network"}, []string{"done", "sees no-network", "sees no-network"},
			[]string{"no-network/action-1", "no-network/check", "check", "end"}, guide.HandedOver},
		{"another cause behind the first", guide.User, []string{"no-network"}, []string{"done", "sees", "sees captive-portal", "no", "done", "sees", "sees"},
			[]string{"no-network/action-1", "no-network/check", "check", "captive-portal/rival-web-filter", "captive-portal/action-1", "captive-portal/check", "check", "end"}, guide.Working},
		{"it only seemed mended", guide.Helpdesk, []string{"proxy-unreachable"}, []string{"unknown", "done", "sees", "sees proxy-unreachable", "next"},
			[]string{"proxy-unreachable/where", "proxy-unreachable/action-1", "proxy-unreachable/check", "check", "proxy-unreachable/action-2", "proxy-unreachable/action-3"}, ""},
		{"the answer makes a step needless", guide.Admin, []string{"server-mapihttp-disabled"}, []string{"only-me", "next", "next", "done"},
			[]string{"server-mapihttp-disabled/everybody", "server-mapihttp-disabled/action-2", "server-mapihttp-disabled/action-3", "server-mapihttp-disabled/action-5", "server-mapihttp-disabled/check"}, ""},
		{"for everybody the organisation's switch", guide.Admin, []string{"server-mapihttp-disabled"}, []string{"others", "next", "next", "done", "sees server-mapihttp-disabled"},
			[]string{"server-mapihttp-disabled/everybody", "server-mapihttp-disabled/action-2", "server-mapihttp-disabled/action-3", "server-mapihttp-disabled/action-4", "server-mapihttp-disabled/check", "check"}, ""},
		{"an answer brings a step up", guide.User, []string{"bad-credentials"}, []string{"no", "yes", "no", "skip"},
			[]string{"bad-credentials/webmail", "bad-credentials/password-changed", "bad-credentials/rival-upn-mismatch", "bad-credentials/new-password", "bad-credentials/other-devices"}, ""},
		{"an answer speaks for a rival", guide.Admin, []string{"bad-credentials", "proxy-breaks-ntlm"}, []string{"yes"},
			[]string{"bad-credentials/webmail", "proxy-breaks-ntlm/rival-extended-protection"}, ""},
		{"a rival that nothing shows is suspected", guide.Admin, []string{"bad-credentials"}, []string{"no", "no", "rival", "next", "next", "done", "sees", "sees"},
			[]string{"bad-credentials/webmail", "bad-credentials/password-changed", "bad-credentials/rival-account-locked", "account-locked/action-2", "account-locked/action-3",
				"account-locked/action-4", "account-locked/check", "check", "end"}, guide.Working},
		{"it was not the rival", guide.Admin, []string{"bad-credentials"}, []string{"no", "no", "rival", "next", "next", "done", "sees bad-credentials", "no", "skip"},
			[]string{"bad-credentials/webmail", "bad-credentials/password-changed", "bad-credentials/rival-account-locked", "account-locked/action-2", "account-locked/action-3",
				"account-locked/action-4", "account-locked/check", "bad-credentials/rival-upn-mismatch", "bad-credentials/new-password", "bad-credentials/action-3"}, ""},
		{"a remark is left alone", guide.Admin, []string{"mailbox-full"}, []string{"later"}, []string{"mailbox-full/remark", "end"}, guide.Working},
		{"a remark is looked at", guide.User, []string{"mailbox-full"}, []string{"now", "done", "sees", "sees"},
			[]string{"mailbox-full/remark", "mailbox-full/action-1", "mailbox-full/check", "check", "end"}, guide.Working},
		{"a failure comes before a remark", guide.User, []string{"no-network", "mailbox-full"}, nil, []string{"no-network/action-1"}, ""},
		{"an administrator is at the end", guide.Admin, []string{"vdir-no-auth"}, []string{"next", "done", "sees vdir-no-auth", "sees vdir-no-auth"},
			[]string{"vdir-no-auth/action-2", "vdir-no-auth/action-3", "vdir-no-auth/check", "check", "end"}, guide.Unsolved},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, c.role, ruled("first", c.found...), nil)
			if got := drive(t, s, c.script...); !slices.Equal(got, c.want) {
				t.Errorf("the steps were\n%v, want\n%v", got, c.want)
			}
			if end := s.Step().Ending; c.outcome != "" && (end == nil || end.Outcome != c.outcome) {
				t.Errorf("it ends with %+v", end)
			}
		})
	}
}

// TestRecheckIsNarrow: the checks that saw the cause and those that failed of it,
// not those that were only skipped behind it.
func TestRecheckIsNarrow(t *testing.T) {
	s := start(t, guide.User, ruled("1", "no-network"), nil)
	drive(t, s, "done")
	if got := s.Step().Recheck; !slices.Equal(got, []string{"mapi.connect", "auth.sign-in"}) {
		t.Errorf("checked again: %v", got)
	}
}

// TestNotOpened: without a password nothing fails, and that is no "mail works".
func TestNotOpened(t *testing.T) {
	r := ruled("1", "no-credential")
	r.Checks[2].Status = report.Skip
	s := start(t, guide.User, r, nil)
	if got := drive(t, s, "next"); !slices.Equal(got, []string{"no-credential/action-1", "end"}) || s.Step().Ending.Outcome != guide.NotOpened {
		t.Errorf("%v, then %+v", got, s.Step().Ending)
	}
}

// TestHandedOver: whoever goes on gets what is to be done, was answered and tried;
// the user gets no command of theirs before.
func TestHandedOver(t *testing.T) {
	s := start(t, guide.User, ruled("1", "server-component-down"), nil)
	drive(t, s, "no", "others")
	end := s.Step().Ending
	if end == nil || end.To != guide.Helpdesk || end.Changed || len(end.Open) != 1 || len(end.Open[0].Todo) < 3 || len(end.Open[0].Meanwhile) != 1 || len(end.Facts) != 2 {
		t.Fatalf("%+v", end)
	}
	var out strings.Builder
	if err := guide.WriteSummary(&out, end); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Still there: ", "administrator: ", "    Get-ServerComponentState", "Do others in the company have the same trouble just now? Yes, others too"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the summary lacks %q:\n%s", want, out.String())
		}
	}
}

func TestStop(t *testing.T) {
	s := start(t, guide.User, ruled("1", "no-network"), nil)
	drive(t, s, "done")
	s.Stop()
	end := s.Step().Ending
	if end == nil || end.Outcome != guide.Stopped || end.To != guide.Helpdesk || len(end.Deeds) != 1 || end.Deeds[0].Result != guide.Unchecked {
		t.Errorf("%+v", end)
	}
}

func TestWrongAnswersChangeNothing(t *testing.T) {
	s := start(t, guide.User, ruled("1", "no-network"), nil)
	before := s.Step().ID
	if err := s.Answer("maybe"); !errors.Is(err, guide.ErrNotNow) {
		t.Error(err)
	}
	if err := s.Checked(ruled("2")); !errors.Is(err, guide.ErrNotNow) {
		t.Error(err)
	}
	if s.Step().ID != before || len(s.Visited) != 0 {
		t.Error("something changed")
	}
	if _, err := guide.Start(ruled("1"), guide.Options{Role: "boss"}); err == nil {
		t.Error("boss is no role")
	}
	if _, err := guide.Start(nil, guide.Options{}); err == nil {
		t.Error("there is no report")
	}
}

// TestIncompleteRunsSayNothing: a recheck that did not come to its end is no
// success, and no failure of what was done.
func TestIncompleteRunsSayNothing(t *testing.T) {
	s := start(t, guide.User, ruled("1", "no-network"), nil)
	drive(t, s, "done")
	r := ruled("2")
	r.Run.Incomplete = "the run was interrupted"
	if err := s.Checked(r); err != nil {
		t.Fatal(err)
	}
	if s.Deeds[0].Result != guide.Unchecked || s.Step().Kind != guide.Check || s.Step().Recheck != nil {
		t.Errorf("%+v, then %+v", s.Deeds, s.Step())
	}
}

// TestTablesNameKnownCauses: a question for a cause that was renamed would never
// be asked.
func TestTablesNameKnownCauses(t *testing.T) {
	known := diag.GuideVocabulary().Causes
	for _, code := range guide.Named() {
		if !slices.Contains(known, code) {
			t.Errorf("no rule has the code %q", code)
		}
	}
	for word, text := range guide.Words() {
		if text == "" {
			t.Errorf("%s says nothing", word)
		}
	}
}
