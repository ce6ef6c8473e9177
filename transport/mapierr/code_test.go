package mapierr

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	for c, want := range map[Code]string{
		OK:                "ecNone (0x00000000)",
		UnknownUser:       "ecUnknownUser (0x000003EB)",
		ProtocolDisabled:  "ecProtocolDisabled (0x000007D8)",
		LoginFailure:      "ecLoginFailure (0x80040111)",
		Code(0x12345678):  "0x12345678",
		Code(0x000000_0F): "0x0000000F",
	} {
		if got := c.String(); got != want {
			t.Errorf("String of %#x is %q, want %q", uint32(c), got, want)
		}
		if c.Error() != c.String() {
			t.Errorf("Error of %#x differs from String", uint32(c))
		}
	}
}

func TestUnknownCodeHasNoName(t *testing.T) {
	if c := Code(0xDEADBEEF); c.Name() != "" || c.Meaning() != "" {
		t.Errorf("0xDEADBEEF has name %q and meaning %q", c.Name(), c.Meaning())
	}
}

func TestCodeSurvivesWrapping(t *testing.T) {
	err := fmt.Errorf("logon: %w", WrongServer)
	var c Code
	if !errors.As(err, &c) || c != WrongServer {
		t.Errorf("errors.As found %v", c)
	}
	if !errors.Is(err, WrongServer) || errors.Is(err, UnknownUser) {
		t.Error("errors.Is does not tell codes apart")
	}
}

func TestWarning(t *testing.T) {
	for c, want := range map[Code]bool{ErrorsReturned: true, OK: false, NotFound: false, WrongServer: false} {
		if c.Warning() != want {
			t.Errorf("Warning of %v is %v", c, c.Warning())
		}
	}
}

// The values are protocol, so they are read from the source and held against the
// table: a constant without an entry, an entry twice or a sentence that is none
// is a fault.
func TestEveryConstantIsExplained(t *testing.T) {
	consts := constants(t)
	if len(consts) < 115 {
		t.Fatalf("found only %d constants", len(consts))
	}
	names := map[string]Code{}
	for c, ident := range consts {
		e, ok := known[c]
		if !ok {
			t.Errorf("%s (%#x) has no entry", ident, uint32(c))
			continue
		}
		if other, dup := names[e.name]; dup {
			t.Errorf("%s names both %#x and %#x", e.name, uint32(other), uint32(c))
		}
		names[e.name] = c
		if e.name == "" || strings.ContainsAny(e.name, " (") {
			t.Errorf("%s: name %q", ident, e.name)
		}
		if !strings.HasSuffix(e.meaning, ".") || strings.Count(e.meaning, ". ") != 0 || e.meaning[0] < 'A' || e.meaning[0] > 'Z' {
			t.Errorf("%s: %q is not one sentence", ident, e.meaning)
		}
	}
	if len(known) != len(consts) {
		t.Errorf("%d entries for %d constants", len(known), len(consts))
	}
}

func constants(t *testing.T) map[Code]string {
	f, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[Code]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		v, err := strconv.ParseUint(spec.Values[0].(*ast.BasicLit).Value, 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		if prev, dup := out[Code(v)]; dup {
			t.Errorf("%s and %s are both %#x", prev, spec.Names[0], v)
		}
		out[Code(v)] = spec.Names[0].Name
		return true
	})
	return out
}

// Numbers of the specification (MS-OXCDATA 2.4), written out so that a slip in a
// constant is seen.
func TestNumbers(t *testing.T) {
	for name, want := range map[string]uint32{
		"ecUnknownUser": 0x3EB, "ecLoginPerm": 0x3F2, "ecMDBNotInit": 0x476, "ecWrongServer": 0x478,
		"ecBufferTooSmall": 0x47D, "ecServerBusy": 0x480, "ecRpcFormat": 0x4B6, "ecNullObject": 0x4B9,
		"ecMaxObjsExceeded": 0x4DE, "ecClientVerDisallowed": 0x4DF, "ecMailboxInTransit": 0x50C,
		"ecProtocolDisabled": 0x7D8, "ecRejected": 0x7EE, "ecMailboxDisabled": 0x96C,
		"ecADUnavailable": 0x96E, "ecNotEncrypted": 0x970, "ecRpcServerUnavailable": 0x977,
		"MountInProgress": 0xA34, "ecWarnWithErrors": 0x40380, "ecNotFound": 0x8004010F,
		"ecLoginFailure": 0x80040111, "ecRpcFailed": 0x80040115, "MAPI_E_TABLE_TOO_BIG": 0x80040403,
		"ecAccessDenied": 0x80070005, "ecMAPIOOM": 0x8007000E, "ecInvalidParam": 0x80070057,
	} {
		if got := Code(want).Name(); got != name {
			t.Errorf("%#x is named %q, want %q", want, got, name)
		}
	}
}
