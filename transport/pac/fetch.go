package pac

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Fetched is what a server gave for the URL of a script.
type Fetched struct {
	URL    string // asked for
	Final  string // that answered, behind redirects
	Status int
	Type   string // Content-Type without parameters, lower case; "" when none was sent
	Took   time.Duration
	Source []byte // "" when Status is not 200
}

// maxRedirects bounds how often a server may send us on.
const maxRedirects = 5

// Fetch asks for the script at rawURL, directly, whatever proxy p has, and
// without any credential. An answer with another status than 200 is no error.
// Errors: the URL is none that a script can be fetched from, no answer
// (*netpath.Error), too many redirects, a script larger than MaxScript.
func Fetch(ctx context.Context, p *netpath.Path, rawURL string) (*Fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, FetchLimit)
	defer cancel()
	direct := *p
	direct.Proxy = nil
	client := &httpc.Client{Path: &direct}
	defer client.Close()
	start := time.Now()
	f := &Fetched{URL: rawURL, Final: rawURL}
	for range maxRedirects {
		next, err := f.ask(ctx, client)
		f.Took = time.Since(start)
		if err != nil || next == "" {
			return f, err
		}
		f.Final = next
	}
	return f, fmt.Errorf("the server of the proxy script sends us on more than %d times", maxRedirects)
}

// ask makes one request; next is where the server sends us on to.
func (f *Fetched) ask(ctx context.Context, client *httpc.Client) (next string, err error) {
	u, err := url.Parse(f.Final)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%.200q is no address that a proxy script can be fetched from: it must begin with http:// or https://", f.Final)
	}
	resp, err := client.Do(ctx, &httpc.Request{Method: http.MethodGet, URL: f.Final, Anonymous: true, NoReuse: true,
		Header: http.Header{"Accept": {"*/*"}}})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	f.Status = resp.Status
	f.Type, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if to := resp.Header.Get("Location"); to != "" && resp.Status/100 == 3 {
		target, err := u.Parse(to)
		if err != nil {
			return "", errors.New("the server of the proxy script sends us on to something that is no URL")
		}
		return target.String(), nil
	}
	if resp.Status != http.StatusOK {
		return "", nil
	}
	f.Source, err = io.ReadAll(io.LimitReader(resp.Body, MaxScript+1))
	if err == nil && len(f.Source) > MaxScript {
		err = fmt.Errorf("the proxy script has more than %d KiB", MaxScript>>10)
	}
	return "", err
}

// RightType says whether the server names the script's type as every program
// expects it.
func (f *Fetched) RightType() bool { return strings.EqualFold(f.Type, MIMEType) }
