package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"time"

	"github.com/pkg/browser"
	"github.com/spf13/cobra"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
)

const webLong = `Finds the mailbox URL of an address, opens it as a browser would, shows what is
on the page field by field, and then opens the same URL in your own browser, so
that you can compare: the same page there and here means that the way from this
computer is open; a different one means that browser and Outlook go two ways.

Your browser asks for a sign-in of its own; nothing that mapiscope knows is
given to it.

Exit code: 0 nothing failed (also when no browser could be opened), 1 the page
or the way to it failed, 2 wrong usage, 3 a fault of mapiscope, 130 interrupted.`

const webExample = `  mapiscope web alice@contoso.com
  mapiscope web alice@contoso.com --no-open
  mapiscope web alice@contoso.com --address-book
  mapiscope web alice@contoso.com --no-open --format json`

// webFlags are the flags of "web" beside those of the account.
type webFlags struct {
	noOpen, addressBook bool
	runFlags
}

func newWeb(s Streams) *cobra.Command {
	var f webFlags
	var account accountFlags
	cmd := &cobra.Command{
		Use:     "web ADDRESS",
		Short:   "show what a browser sees at the mailbox URL, and open it there",
		Long:    webLong,
		Example: webExample,
		Args:    atMost(1, "one e-mail address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := account.ready(cmd, s, args, f.prepare)
			if err != nil {
				return err
			}
			return f.run(cmd.Context(), s, o)
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&f.noOpen, "no-open", false, "open no browser, print the URL alone")
	fs.BoolVar(&f.addressBook, "address-book", false, "open the address book URL instead of the mailbox URL")
	fs.DurationVar(&f.timeout, "timeout", defaultTimeout, "end after this time")
	f.outputFlags.register(cmd)
	account.register(cmd)
	return cmd
}

// run looks, shows and opens. The report comes first: what the browser does
// must not stand between a person and the verdict.
func (f *webFlags) run(ctx context.Context, s Streams, o diag.Options) error {
	f.only = []string{"web"}
	r, err := f.look(ctx, s, o)
	if err != nil {
		return err
	}
	if err := f.show(s, r, o.Password.Reveal()); err != nil {
		return err
	}
	if target := f.target(r); target == "" {
		fmt.Fprintln(s.Err, "no URL was found that could be opened in a browser")
	} else {
		f.open(ctx, s, target)
	}
	return ended(ctx, r)
}

// look runs the checks of the web and what they rest on.
func (f *webFlags) look(ctx context.Context, s Streams, o diag.Options) (*report.Report, error) {
	o.Only, o.Timeout = f.only, f.timeout
	o.Tool = report.Tool{Name: "mapiscope", Version: version, Commit: builtCommit()}
	shown := newProgress(s, newPainter(s.ErrTerminal, f.noColor))
	o.Progress = shown.event
	r, err := diag.Diagnose(ctx, o)
	shown.stop()
	if err != nil {
		return nil, fromDiag(err)
	}
	return r, nil
}

// show writes the pages; the whole report in any form but text, and wherever the
// pages say less than the verdict.
func (f *webFlags) show(s Streams, r *report.Report, secrets ...string) error {
	if f.format != "text" || f.output != "" || r.Verdict.Status == report.Fail {
		if err := f.write(s, r, secrets...); err != nil || f.format != "text" || f.output != "" {
			return err
		}
	}
	shown, err := f.redacted(r, secrets...)
	if err != nil {
		return err
	}
	return report.WriteWeb(s.Out, shown, f.view(s))
}

// target is the URL to open: of the report, which has it from Autodiscover over
// verified TLS, and https in any case.
func (f *webFlags) target(r *report.Report) string {
	if r.WebCheck == nil {
		return ""
	}
	raw := r.WebCheck.URL
	if f.addressBook {
		raw = ""
		if r.WebCheck.AddressBook != nil {
			raw = r.WebCheck.AddressBook.URL
		}
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// open opens the URL, or says why not; it is no failure of the check.
func (f *webFlags) open(ctx context.Context, s Streams, target string) {
	if f.noOpen {
		fmt.Fprintf(s.Err, "open this URL in your browser and compare:\n  %s\n", target)
		return
	}
	if err := openBrowser(ctx, target); err != nil {
		fmt.Fprintf(s.Err, "no browser can be opened here: %v\nopen this URL yourself and compare:\n  %s\n", err, target)
		return
	}
	fmt.Fprintf(s.Err, "opened in your browser, sign in there and compare:\n  %s\n", target)
}

// browserLimit is how long the program that opens a browser may take to fail. Some
// stay for as long as the browser is open: then it is.
const browserLimit = 3 * time.Second

// openBrowser opens the person's own browser, without waiting for it to end.
func openBrowser(ctx context.Context, target string) error {
	if !hasScreen() {
		return errors.New("there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)")
	}
	// Standard output is the report's. A file and not a writer: a browser that
	// stays open would keep a pipe, and us, waiting.
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	browser.Stdout, browser.Stderr = null, null
	ended := make(chan error, 1)
	go func() { ended <- browser.OpenURL(target) }()
	limit := time.NewTimer(browserLimit)
	defer limit.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("the system's way to open one failed (%w)", err)
		}
	case <-limit.C:
	case <-ctx.Done():
	}
	return nil
}

// hasScreen says whether a browser window can appear. Without one the openers of
// Linux would start a browser for the terminal, in the middle of our output.
func hasScreen() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("BROWSER") != ""
}
