package pac

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Kind is a kind of way in an answer.
type Kind string

// The kinds. SOCKS4 and SOCKS5 are SOCKS.
const (
	Direct Kind = "DIRECT"
	Proxy  Kind = "PROXY" // HTTP, CONNECT for https
	HTTPS  Kind = "HTTPS" // the same inside TLS
	SOCKS  Kind = "SOCKS"
)

// Way is one of the ways that a script names, in the order to try them in.
type Way struct {
	Kind       Kind
	Host, Port string // "" for Direct
}

// String is the way as people write it: "DIRECT", "PROXY proxy.contoso.com:8080".
func (w Way) String() string {
	if w.Kind == Direct {
		return string(Direct)
	}
	return string(w.Kind) + " " + net.JoinHostPort(w.Host, w.Port)
}

// URL is the way as a proxy URL; nil for Direct and for SOCKS.
func (w Way) URL() *url.URL {
	scheme := map[Kind]string{Proxy: "http", HTTPS: "https"}[w.Kind]
	if scheme == "" {
		return nil
	}
	return &url.URL{Scheme: scheme, Host: net.JoinHostPort(w.Host, w.Port)}
}

const (
	maxAnswer = 4 << 10
	maxWays   = 32
)

var kinds = map[string]struct {
	kind Kind
	port string
}{
	"DIRECT": {Direct, ""}, "PROXY": {Proxy, "80"}, "HTTP": {Proxy, "80"}, "HTTPS": {HTTPS, "443"},
	"SOCKS": {SOCKS, "1080"}, "SOCKS4": {SOCKS, "1080"}, "SOCKS5": {SOCKS, "1080"},
}

// ParseAnswer reads what FindProxyForURL returned: "PROXY a:8080; SOCKS b; DIRECT".
// An empty answer is Direct. The error names the first part that is none.
func ParseAnswer(answer string) ([]Way, error) {
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("the answer has more than %d characters", maxAnswer)
	}
	var out []Way
	for _, part := range strings.Split(answer, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if len(out) == maxWays {
			return nil, fmt.Errorf("the answer names more than %d proxies", maxWays)
		}
		w, err := parseWay(part)
		if err != nil {
			return nil, fmt.Errorf("%.80q is no way out: %w", part, err)
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		out = []Way{{Kind: Direct}}
	}
	return out, nil
}

func parseWay(part string) (Way, error) {
	word, rest, _ := strings.Cut(strings.ReplaceAll(part, "\t", " "), " ")
	known, ok := kinds[strings.ToUpper(word)]
	rest = strings.TrimSpace(rest)
	switch {
	case !ok:
		return Way{}, errors.New("it starts with none of PROXY, HTTPS, SOCKS and DIRECT")
	case known.kind == Direct && rest != "":
		return Way{}, errors.New("something follows DIRECT")
	case known.kind == Direct:
		return Way{Kind: Direct}, nil
	}
	host, port, err := hostPort(rest, known.port)
	return Way{Kind: known.kind, Host: host, Port: port}, err
}

// hostPort splits "host", "host:port", "[v6]:port".
func hostPort(s, port string) (string, string, error) {
	host := s
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
	} else if bare := strings.Trim(s, "[]"); net.ParseIP(bare) != nil {
		host = bare
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", errors.New("its port is no number from 1 to 65535")
	}
	if host == "" || strings.ContainsAny(host, " /@?#\\\"<>%[]") || strings.Contains(host, ":") && net.ParseIP(host) == nil || hasControl(host) {
		return "", "", errors.New("it names no host")
	}
	return strings.ToLower(host), port, nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7F })
}
