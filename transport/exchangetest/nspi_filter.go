package exchangetest

import (
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/nspi"
)

// holds evaluates a filter; known is false for a condition this server does not
// understand.
func (b *addressBook) holds(filter nspi.Restriction, e *entry) (ok, known bool) {
	switch f := filter.(type) {
	case nil:
		return true, true
	case *nspi.And:
		return b.combine(f.Of, e, false)
	case *nspi.Or:
		return b.combine(f.Of, e, true)
	case *nspi.Not:
		ok, known = b.holds(f.Of, e)
		return !ok, known
	case *nspi.Exist:
		return b.of(e, f.Tag, 0) != nil, true
	case *nspi.Content:
		text, isText := b.of(e, f.Tag, 0).(string)
		wanted, _ := f.Value.V.(string)
		text, wanted = strings.ToLower(text), strings.ToLower(wanted)
		switch f.FuzzyLow {
		case nspi.Substring:
			return isText && strings.Contains(text, wanted), true
		case nspi.Prefix:
			return isText && strings.HasPrefix(text, wanted), true
		}
		return isText && text == wanted, true
	case *nspi.Property:
		if text, ok := f.Value.V.(string); ok && f.Tag == tagANR {
			return slices.Contains(b.matching(text), e), true
		}
		same := b.of(e, f.Tag, 0) == f.Value.V
		return same == (f.Op == nspi.Equal), f.Op == nspi.Equal || f.Op == nspi.NotEqual
	}
	return false, false
}

// combine is Or with any, And without.
func (b *addressBook) combine(parts []nspi.Restriction, e *entry, any bool) (ok, known bool) {
	for _, part := range parts {
		ok, known = b.holds(part, e)
		if !known || ok == any {
			return ok, known
		}
	}
	return !any, true
}
