//go:build !windows

package netmon

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// watchFiles tells when one of the files changes, in place or by a new one moved
// over it. Files that do not exist are waited for where their folder exists.
func watchFiles(ctx context.Context, files []string, tell func(event)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { w.Close() })
	watchThem(w, files)
	go func() {
		for w.Events != nil {
			select {
			case e, open := <-w.Events:
				if !open {
					return
				}
				if slices.Contains(files, e.Name) && !e.Has(fsnotify.Chmod) {
					watchThem(w, files) // the one that was moved there is another file
					tell(event{kind: networkEvent})
				}
			case _, open := <-w.Errors: // events were lost: look
				if open {
					tell(event{kind: networkEvent})
				}
			}
		}
	}()
	return nil
}

// watchThem watches every file, and its folder for the one that replaces it. A
// file that is bound over another is not seen in its folder, so both are needed.
func watchThem(w *fsnotify.Watcher, files []string) {
	for _, f := range files {
		_ = w.Add(f) // errors: it does not exist
		if watchFolders {
			_ = w.Add(filepath.Dir(f))
		}
	}
}

// readFiles is the content of each; nil for one that cannot be read.
func readFiles(names []string) (out [][]byte) {
	for _, name := range names {
		b, _ := os.ReadFile(name)
		out = append(out, b)
	}
	return out
}
