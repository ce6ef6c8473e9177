package exchangetest

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// CredentialList is what "cmdkey /list" writes on the client's computer; nil when
// no scenario is about it.
func (s *Server) CredentialList() []byte {
	b := s.behaviour()
	if b.credentials == nil {
		return nil
	}
	words := []string{"Currently stored credentials:", "Target", "Type: Generic", "User", "Local machine persistence"}
	if b.german {
		words = []string{"Derzeit gespeicherte Anmeldeinformationen:", "Ziel", "Typ: Generisch", "Benutzer", "Lokaler Computer Persistenz"}
	}
	var out strings.Builder
	out.WriteString("\r\n" + words[0] + "\r\n")
	for _, target := range b.credentials {
		out.WriteString("\r\n    " + words[1] + ": " + target + "\r\n    " + words[2] + "\r\n    " + words[3] + ": " + s.users[0].Login + "\r\n    " + words[4] + "\r\n")
	}
	return []byte(out.String())
}

// AutodiscoverCache is the answer of Autodiscover that Outlook has kept for user
// number i; nil when it has none.
func (s *Server) AutodiscoverCache(i int) []byte {
	b := s.behaviour()
	if b.cached == nil {
		return nil
	}
	r := &http.Request{Header: http.Header{}}
	r.Header.Set("X-MapiHttpCapability", "1")
	r.Header.Set("User-Agent", "Microsoft Office/16.0")
	u := &s.users[i]
	c := &call{s: s, b: b, r: r}
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	root := group("Autodiscover", c.settings(u, b.cached(u)))
	root.attrs = ` xmlns="` + responseNamespace + `"`
	root.write(&out, "  ", 0)
	return []byte(out.String())
}

// ComputerFlags writes what is known of the client's computer into dir, and gives
// the flags with which a separate "mapiscope check" reads it.
func (s *Server) ComputerFlags(dir string) ([]string, error) {
	var flags []string
	for _, f := range []struct {
		flag, name string
		content    []byte
	}{
		{"--registry-dump", "outlook.reg", s.RegistryExport()},
		{"--credential-list", "cmdkey.txt", s.CredentialList()},
		{"--autodiscover-cache", "AutoD." + s.users[0].Address + ".xml", s.AutodiscoverCache(0)},
	} {
		if f.content == nil {
			continue
		}
		file := filepath.Join(dir, f.name)
		if err := os.WriteFile(file, f.content, 0o600); err != nil {
			return nil, err
		}
		flags = append(flags, f.flag, file)
	}
	return flags, nil
}
