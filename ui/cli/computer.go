package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// How the files come about that describe another computer.
const (
	credentialsHint = `on the computer with Outlook, as its user: cmdkey /list >cmdkey.txt`
	cacheHint       = `on the computer with Outlook it is in %LOCALAPPDATA%\Microsoft\Outlook\16`
)

// loadCredentials reads the file of --credential-list; nil when file is "".
func loadCredentials(file string) ([]outlook.Credential, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, usagef("cannot read --credential-list %s: %v", file, reason(err)).hint("%s", credentialsHint)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, outlook.MaxCredentialList+1))
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("the file is empty")
	}
	if err != nil {
		return nil, usagef("cannot read --credential-list %s: %v", file, reason(err)).hint("%s", credentialsHint)
	}
	list, err := outlook.ParseCredentialList(data)
	if err != nil {
		return nil, usagef("--credential-list %s: %v", file, err).hint("%s", credentialsHint)
	}
	if list == nil {
		list = []outlook.Credential{} // known to be none
	}
	return list, nil
}

// loadCache reads the file or folder of --autodiscover-cache; nil when path is "".
func loadCache(path string) ([]autodiscover.Cached, error) {
	if path == "" {
		return nil, nil
	}
	kept, err := autodiscover.ReadCache(path)
	if err != nil {
		return nil, usagef("--autodiscover-cache %s: %v", path, reason(err)).hint("%s", cacheHint)
	}
	return kept, nil
}
