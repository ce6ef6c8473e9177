package autodiscover

import (
	"slices"
	"strings"
)

// Difference compares the answers to the two requests for one mailbox: with
// X-MapiHttpCapability, as a client that speaks MAPI/HTTP asks, and without, as
// one that only knows RPC/HTTP (MS-OXDSCLI 3.2.5.1).
type Difference struct {
	With, Without       Offer    // what each leads to
	Types, LegacyTypes  []string // Protocol types in order
	OnlyWith            []string // types in the one answer alone
	OnlyWithout         []string
	Changed             []string // facts about the mailbox that should not differ, but do
	IgnoresCapability   bool     // both answers have the same types: the header changed nothing
	RPCBesideCapability bool     // EXCH or EXPR next to mapiHttp, which a server must not send (gromox does)
}

// Compare tells the two answers apart; nil when one of them is missing.
func Compare(with, without *Settings) *Difference {
	if with == nil || without == nil {
		return nil
	}
	d := &Difference{With: with.Offer(), Without: without.Offer(), Types: with.types(), LegacyTypes: without.types()}
	d.OnlyWith = missingFrom(d.Types, d.LegacyTypes)
	d.OnlyWithout = missingFrom(d.LegacyTypes, d.Types)
	d.IgnoresCapability = len(d.OnlyWith)+len(d.OnlyWithout) == 0
	d.RPCBesideCapability = with.MapiHTTP != nil && (with.Protocol("EXCH") != nil || with.Protocol("EXPR") != nil)
	for _, f := range identity {
		if f.of(with) != f.of(without) {
			d.Changed = append(d.Changed, f.name)
		}
	}
	return d
}

func (s *Settings) types() (out []string) {
	for i := range s.Protocols {
		out = append(out, s.Protocols[i].Type)
	}
	return out
}

func missingFrom(list, other []string) (out []string) {
	for _, t := range list {
		if !slices.ContainsFunc(other, func(o string) bool { return strings.EqualFold(o, t) }) {
			out = append(out, t)
		}
	}
	return out
}

// fact is one thing that all answers about a mailbox should say alike.
type fact struct {
	name string
	of   func(*Settings) string
}

var identity = []fact{
	{"LegacyDN", func(s *Settings) string { return s.LegacyDN }},
	{"AutoDiscoverSMTPAddress", func(s *Settings) string { return strings.ToLower(s.SMTPAddress) }},
	{"DeploymentId", func(s *Settings) string { return strings.ToLower(s.DeploymentID) }},
}

var facts = append(slices.Clone(identity),
	fact{"offer", func(s *Settings) string { return string(s.Offer()) }},
	fact{"MailStore/InternalUrl", func(s *Settings) string { return s.mapi().MailStore.Internal }},
	fact{"MailStore/ExternalUrl", func(s *Settings) string { return s.mapi().MailStore.External }},
	fact{"AddressBook/InternalUrl", func(s *Settings) string { return s.mapi().AddressBook.Internal }},
	fact{"AddressBook/ExternalUrl", func(s *Settings) string { return s.mapi().AddressBook.External }},
)

func (s *Settings) mapi() MapiHTTP {
	if s.MapiHTTP == nil {
		return MapiHTTP{}
	}
	return *s.MapiHTTP
}

// Disagreement is a fact that the steps answer differently: which mailbox a
// client reaches then depends on the step that it tries first.
type Disagreement struct {
	Fact   string
	Values []StepValue // in Outlook's order
}

// StepValue is what one step said.
type StepValue struct {
	Step  Step
	Value string // "" = the answer lacks it
}

// Disagreements compares all usable attempts for the same address.
func Disagreements(attempts []Attempt) (out []Disagreement) {
	for _, f := range facts {
		d, differ := Disagreement{Fact: f.name}, false
		for i := range attempts {
			if a := &attempts[i]; a.Usable() {
				d.Values = append(d.Values, StepValue{a.Step, f.of(a.Settings)})
				differ = differ || d.Values[0].Value != f.of(a.Settings)
			}
		}
		if differ {
			out = append(out, d)
		}
	}
	return out
}
