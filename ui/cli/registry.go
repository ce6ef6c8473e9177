package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/mapiscope/mapiscope/transport/outlook"
)

// loadRegistry reads the registration file of --registry-dump; nil when file is "".
func loadRegistry(file string) (*outlook.Registry, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, usagef("cannot read --registry-dump %s: %v", file, reason(err)).hint("%s", registryHint)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, outlook.MaxFile+1))
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("the file is empty")
	}
	if err != nil {
		return nil, usagef("cannot read --registry-dump %s: %v", file, reason(err)).hint("%s", registryHint)
	}
	r, err := outlook.ParseRegFile(data)
	if err != nil {
		return nil, usagef("--registry-dump %s: %v", file, err).hint("%s", registryHint)
	}
	return r, nil
}

// registryHint is how such a file comes about.
const registryHint = `on the computer with Outlook: reg export HKCU\Software\Microsoft office.reg`
