package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
)

// The files of a report that is handed on as one.
const (
	zipReadme = "README.txt"
	zipHTML   = "report.html"
	zipJSON   = "report.json"
	zipTrace  = "trace.txt"
)

// WriteZip writes r in every form, in one file. The same report gives the same
// bytes.
func WriteZip(w io.Writer, r *Report) error {
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name  string
		write func(io.Writer, *Report) error
	}{{zipReadme, writeReadme}, {zipHTML, WriteHTML}, {zipJSON, WriteJSON}, {zipTrace, WriteTrace}} {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: r.Run.Started.UTC()})
		if err != nil {
			return err
		}
		if err := f.write(out, r); err != nil {
			return err
		}
	}
	return z.Close()
}

// readmeFiles says what each file is for, and whom.
const readmeFiles = `report.html  The report to read: the verdict first. It opens in any browser,
             needs no network, holds no script, and can be printed.
report.json  The same for programs (` + Schema + `).
             "mapiscope report show FILE" reads it, or this zip, again.
trace.txt    One line for each request, with the ids that the server's logs
             carry; fields are separated by tabs, the first line names them.
`

func writeReadme(w io.Writer, r *Report) error {
	fmt.Fprintln(w, "A diagnosis by Mapiscope of why Outlook can or cannot reach a mailbox.")
	fmt.Fprintln(w)
	if err := WriteSummary(w, r); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n%s", readmeFiles, readmeRedaction(r.Run.Redaction))
	return err
}

func readmeRedaction(level string) string {
	const never = "Never in it: passwords, tickets, tokens, cookie values, Authorization headers.\n"
	if level == "strict" {
		return "Redaction: strict.\n" + never +
			"Replaced by stand-ins, the same one for the same name wherever it stands:\n" +
			"e-mail addresses, user names, names of computers, servers and organisations\n" +
			"(under .example), network addresses (192.0.2.x and 2001:db8::), GUIDs, SIDs,\n" +
			"request ids and fingerprints.\n"
	}
	return "Redaction: " + level + ".\n" + never +
		"As they are: the e-mail address, user, computer and server names, network\n" +
		"addresses, request ids. \"mapiscope report redact FILE\" replaces them all.\n"
}

// Read reads a report from a file that WriteJSON or WriteZip wrote. Anything else
// is ErrNotAReport.
func Read(rd io.Reader) (*Report, error) {
	b, err := io.ReadAll(io.LimitReader(rd, maxReport+1))
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return ReadJSON(bytes.NewReader(b))
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAReport, err)
	}
	for _, f := range z.File {
		if f.Name != zipJSON {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotAReport, err)
		}
		defer in.Close()
		r, err := ReadJSON(in) // bounds what it unpacks
		if err != nil {
			return nil, fmt.Errorf("%s: %w", zipJSON, err)
		}
		return r, nil
	}
	return nil, fmt.Errorf("%w: the zip holds no %s", ErrNotAReport, zipJSON)
}
