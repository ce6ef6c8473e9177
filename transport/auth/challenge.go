package auth

import "strings"

// Challenge is one challenge of a WWW-Authenticate or Proxy-Authenticate field
// (RFC 9110 11.6.1).
type Challenge struct {
	Scheme string            // as spelled by the server
	Token  string            // token68 (base64 for NTLM and Negotiate), "" when none
	Params map[string]string // names in lower case, values unquoted; nil when none
}

// ParseChallenges reads all values of the field: several challenges in one
// value, commas inside quotes, tokens. What it cannot read it skips up to the
// next comma; it never fails, since one odd challenge must not hide the others.
func ParseChallenges(values []string) []Challenge {
	var out []Challenge
	for _, v := range values {
		p := challengeParser{rest: v}
		out = append(out, p.all()...)
	}
	return out
}

type challengeParser struct {
	rest string
	out  []Challenge
}

// all reads the comma-separated list, in which a comma may end a parameter or a
// challenge: what follows tells (name "=" is a parameter, else a scheme).
func (p *challengeParser) all() []Challenge {
	for p.skip(" \t,"); p.rest != ""; p.skip(" \t,") {
		word := p.token()
		if word == "" {
			p.toComma()
			continue
		}
		spaced := p.skip(" \t")
		if len(p.out) > 0 && p.isParam() {
			p.param(&p.out[len(p.out)-1], word)
			continue
		}
		p.out = append(p.out, Challenge{Scheme: word})
		if spaced {
			p.first(&p.out[len(p.out)-1])
		}
	}
	return p.out
}

// first reads what stands behind the scheme: token68 or the first parameter.
func (p *challengeParser) first(c *Challenge) {
	if t := token68(p.rest); t != "" {
		if end := strings.TrimLeft(p.rest[len(t):], " \t"); end == "" || end[0] == ',' {
			c.Token, p.rest = t, end
			return
		}
	}
	name := p.token()
	if name == "" {
		return
	}
	p.skip(" \t")
	if p.isParam() {
		p.param(c, name)
		return
	}
	p.toComma()
}

func (p *challengeParser) isParam() bool { return strings.HasPrefix(p.rest, "=") }

// param reads the value behind "=". The first of several of one name counts.
func (p *challengeParser) param(c *Challenge, name string) {
	p.rest = p.rest[1:]
	p.skip(" \t")
	var value string
	if strings.HasPrefix(p.rest, `"`) {
		value = p.quoted()
	} else {
		value = p.bare()
	}
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	name = strings.ToLower(name)
	if _, known := c.Params[name]; !known {
		c.Params[name] = value
	}
}

// quoted reads a quoted-string (RFC 9110 5.6.4); a missing end is the end of the field.
func (p *challengeParser) quoted() string {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch ch := p.rest[i]; {
		case ch == '"':
			p.rest = p.rest[i+1:]
			return b.String()
		case ch == '\\' && i+1 < len(p.rest):
			i++
			b.WriteByte(p.rest[i])
		default:
			b.WriteByte(ch)
		}
	}
	p.rest = ""
	return b.String()
}

// bare reads an unquoted value: by the grammar a token, in the field also URLs.
func (p *challengeParser) bare() string {
	i := strings.IndexAny(p.rest, " \t,")
	if i < 0 {
		i = len(p.rest)
	}
	v := p.rest[:i]
	p.rest = p.rest[i:]
	return v
}

func (p *challengeParser) token() string {
	i := 0
	for i < len(p.rest) && isTokenByte(p.rest[i]) {
		i++
	}
	t := p.rest[:i]
	p.rest = p.rest[i:]
	return t
}

func (p *challengeParser) toComma() {
	i := strings.IndexByte(p.rest, ',')
	if i < 0 {
		i = len(p.rest)
	}
	p.rest = p.rest[i:]
}

func (p *challengeParser) skip(set string) bool {
	rest := strings.TrimLeft(p.rest, set)
	skipped := len(rest) < len(p.rest)
	p.rest = rest
	return skipped
}

// token68 is the longest such prefix (RFC 9110 11.2), "" when there is none.
func token68(s string) string {
	i := 0
	for i < len(s) && (isAlphaNum(s[i]) || strings.IndexByte("-._~+/", s[i]) >= 0) {
		i++
	}
	if i == 0 {
		return ""
	}
	for i < len(s) && s[i] == '=' {
		i++
	}
	return s[:i]
}

func isAlphaNum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

func isTokenByte(b byte) bool {
	return isAlphaNum(b) || strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}
