package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestParseResolve(t *testing.T) {
	got, err := parseResolve([]string{"Mail.Contoso.com:443:192.0.2.1,[2001:db8::1]", "*:80:192.0.2.2", "mail.contoso.com:443:2001:db8::2"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]netip.Addr{
		"mail.contoso.com:443": {netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")},
		"*:80":                 {netip.MustParseAddr("192.0.2.2")},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, bad := range []string{"", "mail", "mail:443", "mail:0:192.0.2.1", "mail:x:192.0.2.1", ":443:192.0.2.1", "mail:443:", "mail:443:host", "mail:70000:192.0.2.1"} {
		if _, err := parseResolve([]string{bad}); codeOf(err) != ExitUsage {
			t.Errorf("parseResolve(%q) = %v, want a usage error", bad, err)
		}
	}
}

func TestParseConnectTo(t *testing.T) {
	got, err := parseConnectTo([]string{"Mail.contoso.com:443:127.0.0.1:8443", "[2001:db8::1]:443:[::1]:8443"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"mail.contoso.com:443": "127.0.0.1:8443", "[2001:db8::1]:443": "[::1]:8443"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, bad := range []string{"", "a:1", "a:1:b", "a:1:b:", "a:1:b:x", ":1:b:2", "a:1::2", "a:1:b:2:3", "2001:db8::1:443:b:2"} {
		if _, err := parseConnectTo([]string{bad}); codeOf(err) != ExitUsage {
			t.Errorf("parseConnectTo(%q) = %v, want a usage error", bad, err)
		}
	}
}

func TestParseServer(t *testing.T) {
	for in, want := range map[string]string{"": "", "192.0.2.53": "192.0.2.53:53", "192.0.2.53:5353": "192.0.2.53:5353", "[::1]:53": "[::1]:53", "::1": "[::1]:53"} {
		if got, err := parseServer(in); err != nil || got != want {
			t.Errorf("parseServer(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	if _, err := parseServer("192.0.2.53:0"); codeOf(err) != ExitUsage {
		t.Errorf("port 0 passes: %v", err)
	}
}

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"alice@contoso.com":     "alice@contoso.com",
		"o'brien+x@contoso.com": "o'brien+x@contoso.com",
		"käthe@bücher.example":  "käthe@xn--bcher-kva.example",
	} {
		if got, err := parseAddress([]string{in}); err != nil || got != want {
			t.Errorf("parseAddress(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "alice", "@contoso.com", "alice@", "a b@contoso.com", "alice@con toso.com", "alice@contoso.com/x", "<alice@contoso.com>"} {
		if got, err := parseAddress([]string{bad}); codeOf(err) != ExitUsage {
			t.Errorf("parseAddress(%q) = %q, %v, want a usage error", bad, got, err)
		}
	}
}

func TestCodeOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want ExitCode
	}{
		{nil, ExitOK},
		{errVerdict, ExitFailed},
		{usagef("no"), ExitUsage},
		{fmt.Errorf("wrapped: %w", usagef("no")), ExitUsage},
		{errors.New("anything else"), ExitInternal},
		{errInterrupted, ExitInterrupted},
		{context.Canceled, ExitInterrupted},
	} {
		if got := codeOf(c.err); got != c.want {
			t.Errorf("codeOf(%v) = %d, want %d", c.err, got, c.want)
		}
	}
}

func TestPrintError(t *testing.T) {
	var b strings.Builder
	printError(&b, usagef("no such thing").hint("try %s", "another").hint("or none"))
	if want := "mapiscope: no such thing\nhint: try another\nhint: or none\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	b.Reset()
	printError(&b, errVerdict)
	if b.String() != "" {
		t.Errorf("the report said it, and so does the error: %q", b.String())
	}
}
