package autodiscover

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	maxCacheFiles = 64
	maxCacheFile  = 1 << 20
)

// Cached is an answer that Outlook has kept on the computer.
type Cached struct {
	File     string
	Settings *Settings
}

// ReadCache reads the answers that Outlook keeps: one file, or those of a folder
// (AutoD.ADDRESS.xml, and NAME - Autodiscover.xml of older versions). In a folder,
// files that are something else are passed over. Errors: the path cannot be read,
// the one file holds no answer, a folder has none.
func ReadCache(path string) ([]Cached, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		c, err := readCached(path)
		if err != nil {
			return nil, err
		}
		return []Cached{c}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var out []Cached
	for _, e := range entries {
		if !isCacheName(e.Name()) || !e.Type().IsRegular() || len(out) == maxCacheFiles {
			continue
		}
		if c, err := readCached(filepath.Join(path, e.Name())); err == nil {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the folder has no answer of Autodiscover that Outlook kept (AutoD.*.xml)")
	}
	return out, nil
}

func isCacheName(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "autod.") && strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, "autodiscover.xml")
}

func readCached(file string) (Cached, error) {
	f, err := os.Open(file)
	if err != nil {
		return Cached{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCacheFile+1))
	if err == nil && len(data) > maxCacheFile {
		err = fmt.Errorf("it has more than %d KiB", maxCacheFile>>10)
	}
	if err != nil {
		return Cached{}, err
	}
	return ParseCached(file, data)
}

// ParseCached reads the content of a file that Outlook keeps. The error says that it
// is no answer of Autodiscover, or an error answer.
func ParseCached(file string, data []byte) (Cached, error) {
	s, err := ParsePOX(data)
	if err == nil && s.ServerError != nil {
		err = errors.New("it holds an error answer and no settings")
	}
	if err != nil {
		return Cached{}, err
	}
	return Cached{File: file, Settings: s}, nil
}

// Of says whether the answer is about an address; one that names none may be.
func (c Cached) Of(address string) bool {
	if c.Settings.SMTPAddress != "" {
		return strings.EqualFold(c.Settings.SMTPAddress, address)
	}
	name := strings.ToLower(filepath.Base(c.File))
	return !strings.Contains(name, "@") || strings.Contains(name, strings.ToLower(address))
}

// Outdated is something that Outlook remembers and that is no longer so.
type Outdated struct{ Fact, Cached, Live string }

// Compare holds what was kept against today's answer. Only what leads elsewhere
// counts: another server for the mailbox, another organisation, another mailbox.
// An answer that is kept may offer less than today's, for Outlook also asks
// without the capability header.
func (c Cached) Compare(live *Settings) []Outdated {
	var out []Outdated
	differ := func(fact, cached, now string) {
		if cached != "" && now != "" && !strings.EqualFold(cached, now) {
			out = append(out, Outdated{fact, cached, now})
		}
	}
	mailbox, _ := live.MailboxURL(false)
	now := live.Hosts()
	for _, host := range c.Settings.servers() {
		if !slices.Contains(now, host) {
			differ("mailbox server", host, httpsHost(mailbox))
			break
		}
	}
	differ("organisation (DeploymentId)", c.Settings.DeploymentID, live.DeploymentID)
	differ("mailbox (LegacyDN)", strings.TrimSpace(c.Settings.LegacyDN), strings.TrimSpace(live.LegacyDN))
	old, _ := c.Settings.MailboxURL(false)
	differ("mailbox (MailboxId)", mailboxIDOf(old), mailboxIDOf(mailbox))
	return out
}

// servers are the hosts by which the answer leads to the mailbox: of the URLs for
// MAPI over HTTP, or else the proxies for RPC.
func (s *Settings) servers() []string {
	var out []string
	if m := s.MapiHTTP; m != nil {
		out = append(out, httpsHost(m.MailStore.External), httpsHost(m.MailStore.Internal))
	} else {
		for i := range s.Protocols {
			if p := &s.Protocols[i]; p.Is("EXPR") || p.Is("EXHTTP") {
				out = append(out, cleanHost(p.Value("Server")))
			}
		}
	}
	return slices.DeleteFunc(out, func(h string) bool { return h == "" })
}

func mailboxIDOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Query().Get("MailboxId")
}
