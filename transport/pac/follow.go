package pac

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

const (
	scriptAge = 5 * time.Minute  // for how long a script is used before it is fetched anew
	brokenAge = 30 * time.Second // for how long one that cannot be used is left alone
	answerAge = 30 * time.Second // for how long an answer holds
)

// errSOCKS says that a script leaves no way that this program can take.
var errSOCKS = errors.New("the proxy script names SOCKS proxies alone, which are not supported")

// Follow gives the proxy for a URL by a setting as it is when the connection is
// made: by the script that it names, or else by its fixed proxies. As in Windows, a
// script that cannot be fetched or run is as good as none. The first way of an
// answer is taken; a script that the computer would have to search for (WPAD) is
// not. p is how the script is fetched and how names are looked up for it.
func Follow(setting func() netmon.Proxy, p *netpath.Path) func(*url.URL) (*url.URL, error) {
	direct := *p
	direct.Proxy = nil
	f := &follower{path: &direct}
	return func(u *url.URL) (*url.URL, error) {
		s := setting()
		if s.ScriptURL == "" {
			return s.For(u)
		}
		ways, ok := f.ask(s.ScriptURL, u)
		if !ok {
			return s.For(u)
		}
		for _, w := range ways {
			if w.Kind != SOCKS {
				return w.URL(), nil
			}
		}
		return nil, errSOCKS
	}
}

// follower remembers the script and what it answered.
type follower struct {
	path *netpath.Path

	mu      sync.Mutex // held while the script is fetched: whoever connects has to wait for it
	url     string
	script  *Script // nil: it cannot be used
	until   time.Time
	answers map[string]followed // by scheme and host
}

type followed struct {
	ways  []Way
	until time.Time
}

// ask gives the ways for u; false when the script cannot say.
func (f *follower) ask(scriptURL string, u *url.URL) ([]Way, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if f.url != scriptURL || now.After(f.until) {
		f.fetch(scriptURL, now)
	}
	if f.script == nil {
		return nil, false
	}
	key := u.Scheme + "://" + u.Host
	if known, ok := f.answers[key]; ok && now.Before(known.until) {
		return known.ways, true
	}
	answer, err := f.script.Find(context.Background(), World{Resolve: f.path.LookupAddrs, Addresses: OwnAddresses}, u)
	if err != nil {
		f.script, f.until = nil, now.Add(brokenAge)
		return nil, false
	}
	ways, err := ParseAnswer(answer)
	if err != nil {
		return nil, false
	}
	f.answers[key] = followed{ways, now.Add(answerAge)}
	return ways, true
}

func (f *follower) fetch(scriptURL string, now time.Time) {
	f.url, f.script, f.until, f.answers = scriptURL, nil, now.Add(brokenAge), map[string]followed{}
	got, err := Fetch(context.Background(), f.path, scriptURL)
	if err != nil || got.Status != 200 {
		return
	}
	if script, err := Compile(got.Source); err == nil {
		f.script, f.until = script, now.Add(scriptAge)
	}
}
