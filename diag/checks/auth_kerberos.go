package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
)

var authKerberos = suite.Check{
	ID: "auth.kerberos", Group: "auth", Title: "Kerberos", Affects: "everything",
	Behind: []string{"auth.sign-in"}, // the sign-ins that it judges are over then
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		switch {
		case e.KerberosErr != nil:
			return suite.Skip("not tried: " + e.KerberosErr.Error()).Saw(kerberosTrouble(e.KerberosErr, e.Domain)...)
		case e.Kerberos == nil:
			return suite.Skip("not tried: there is no ticket and no Kerberos configuration here, or another sign-in was chosen")
		}
		return judgeKerberos(e.Kerberos, signIns(e))
	},
}

// ticket is one service ticket as the report has it.
type ticket struct {
	SPN     string `json:"spn"`
	Cipher  string `json:"cipher,omitempty"`
	Until   string `json:"until,omitempty"`
	Minutes int    `json:"minutes_left,omitempty"`
	Cached  bool   `json:"from_cache,omitempty"`
	Bound   bool   `json:"channel_binding"`
	Proven  bool   `json:"server_proven"`
	Error   string `json:"error,omitempty"`
}

// ciphers names encryption types (RFC 3961, RFC 8009, RFC 4757).
var ciphers = map[int32]string{17: "AES-128", 18: "AES-256", 19: "AES-128 SHA-256", 20: "AES-256 SHA-384", 23: "RC4"}

func ticketOf(u kerberos.Use) ticket {
	t := ticket{SPN: u.SPN, Cached: u.Cached, Bound: u.Bindings, Proven: u.Proven}
	if u.Err != nil {
		t.Error = u.Err.Error()
	}
	if u.Cipher != 0 {
		if t.Cipher = ciphers[u.Cipher]; t.Cipher == "" {
			t.Cipher = fmt.Sprint("type ", u.Cipher)
		}
		t.Until, t.Minutes = u.Until.UTC().Format(time.RFC3339), int(time.Until(u.Until).Minutes())
	}
	return t
}

// judgeKerberos says how Kerberos fared: where it failed, whether another way
// stood in for it decides between a warning and a failure.
func judgeKerberos(id *kerberos.Identity, accepted []signedIn) suite.Outcome {
	uses := id.Uses()
	if len(uses) == 0 {
		return suite.Skip("no server that was reached asks for it")
	}
	var tickets []ticket
	var failed, good *kerberos.Use
	for i, u := range uses {
		tickets = append(tickets, ticketOf(u))
		if u.Err == nil {
			good = &uses[i]
		} else if failed == nil || strings.HasSuffix(failed.SPN, "autodiscover") {
			failed = &uses[i]
		}
	}
	var out suite.Outcome
	switch {
	case failed == nil:
		out = suite.Pass(fmt.Sprintf("ticket for %s (%s), valid until %s", good.SPN, ticketOf(*good).Cipher, good.Until.Local().Format("15:04")))
	case standIn(accepted, failed.SPN) && outOfReach(failed.Err):
		out = suite.Skip(fmt.Sprintf("not possible from here: %v", failed.Err))
		failed = nil
	case standIn(accepted, failed.SPN):
		out = suite.Warn(fmt.Sprintf("no Kerberos with %s: %v; another way to sign in stands in for it", failed.SPN, failed.Err))
	default:
		out = suite.Fail(fmt.Sprintf("no Kerberos with %s: %v", failed.SPN, failed.Err))
	}
	if failed != nil {
		out = out.Saw(kerberosTrouble(failed.Err, hostOfSPN(failed.SPN))...)
	}
	return out.With("principal", id.Principal()).With("signs_in_with", id.Source()).With("kdc", id.KDC()).With("tickets", tickets)
}

// outOfReach is what is normal away from the company's network.
func outOfReach(err error) bool {
	switch kerberos.KindOf(err) {
	case kerberos.KDCUnreachable, kerberos.NoTicket, kerberos.TicketExpired:
		return true
	}
	return false
}

// standIn says that the host of an SPN accepted another way to sign in.
func standIn(accepted []signedIn, spn string) bool {
	for _, a := range accepted {
		if a.Host == hostOfSPN(spn) && !strings.Contains(a.Scheme, "Kerberos") {
			return true
		}
	}
	return false
}

func hostOfSPN(spn string) string {
	_, host, _ := strings.Cut(spn, "/")
	return host
}

// kerberosTrouble says in signals what a failure of Kerberos means; nil when err
// is none.
func kerberosTrouble(err error, host string) []suite.Signal {
	var e *kerberos.Error
	if !errors.As(err, &e) {
		return nil
	}
	detail := []any{"spn", e.SPN, "kdc", e.KDC, "realm", e.Realm, "kind", string(e.Kind), "code", int(e.Code), "scheme", "Kerberos"}
	code := suite.KerberosFailed
	switch e.Kind {
	case kerberos.SPNUnknown:
		code, detail[7] = suite.KerberosSPN, "missing"
	case kerberos.WrongAccount:
		code, detail[7] = suite.KerberosSPN, "wrong-account"
	case kerberos.ClockSkew:
		code = suite.KerberosClock
		detail = append(detail, "offset", offsetText(e.Off), "offset_ms", float64(report.MS(e.Off)))
	case kerberos.Revoked:
		code = suite.AccountLocked
	case kerberos.PasswordExpired:
		code = suite.PasswordExpired
	case kerberos.ClientUnknown:
		code = suite.NameUnknown
	case kerberos.BadPassword:
		code = suite.CredentialWrong
	}
	return []suite.Signal{signal(code, host, detail...)}
}
