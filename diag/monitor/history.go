package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// historySchema names the form of the file.
const historySchema = "mapiscope.outages/v1"

const (
	// KeptOutages is how many past outages the file keeps: years of a quiet
	// machine, weeks of a train commuter's.
	KeptOutages = 500
	// maxHistory bounds the file that is read back: 500 outages have 150 KB.
	maxHistory = 4 << 20
)

// History is the outages of one account, on disk. It is not safe for concurrent
// use: the monitor's loop owns it.
type History struct {
	file    string          // "" keeps nothing on disk
	outages []report.Outage // oldest first; the last one may be open
}

type historyFile struct {
	Schema  string          `json:"schema"`
	Outages []report.Outage `json:"outages"`
}

// HistoryFile is the file in folder dir for the account with this address. The
// name tells nothing about the account.
func HistoryFile(dir, address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return filepath.Join(dir, "outages-"+hex.EncodeToString(sum[:6])+".json")
}

// OpenHistory reads file, or starts one; "" keeps nothing on disk. A file that
// cannot be understood is set aside under another name, and notice says so in one
// sentence: a broken history must not keep anybody from their mail. The error is
// that of a file that cannot be read at all.
func OpenHistory(file string, now time.Time) (h *History, notice string, err error) {
	h = &History{file: file}
	if file == "" {
		return h, "", nil
	}
	b, err := readBounded(file, maxHistory)
	if errors.Is(err, fs.ErrNotExist) {
		return h, "", nil
	}
	if err != nil {
		return h, "", fmt.Errorf("cannot read the history of outages: %w", err)
	}
	var in historyFile
	if err := json.Unmarshal(b, &in); err != nil || in.Schema != historySchema {
		aside := file + ".broken-" + now.UTC().Format("20060102T150405Z")
		if err := os.Rename(file, aside); err != nil {
			return h, "", fmt.Errorf("cannot set a broken history of outages aside: %w", err)
		}
		return h, "The history of outages could not be read and was set aside as " + aside + ".", nil
	}
	h.outages = in.Outages
	h.abandon()
	return h, "", nil
}

// abandon ends what the last process left open: nobody knows when it ended.
func (h *History) abandon() {
	for i := range h.outages {
		if h.outages[i].Outcome == "" {
			h.outages[i].Outcome = outcomeLost
		}
	}
}

func readBounded(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// Begin notes an outage that follows the last one. What is on disk is whole at
// every moment.
func (h *History) Begin(o report.Outage) error {
	h.outages = append(h.outages, o)
	if over := len(h.outages) - KeptOutages; over > 0 {
		h.outages = slices.Delete(h.outages, 0, over)
	}
	return h.save()
}

// Update notes what has become of the outage that began last.
func (h *History) Update(o report.Outage) error {
	h.outages[len(h.outages)-1] = o
	return h.save()
}

// Past is the outages that have an outcome, newest first, at most n.
func (h *History) Past(n int) []report.Outage {
	out := []report.Outage{}
	for _, o := range slices.Backward(h.outages) {
		if o.Outcome != "" && len(out) < n {
			out = append(out, o)
		}
	}
	return out
}

func (h *History) save() (err error) {
	if h.file == "" {
		return nil
	}
	b, err := json.MarshalIndent(historyFile{historySchema, h.outages}, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(h.file), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(h.file), ".outages-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(b)
	if err == nil {
		err = temp.Sync() // the name must not point to less than the content
	}
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temp.Name(), h.file)
	}
	return err
}
