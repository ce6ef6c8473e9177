package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// traceFields are the columns of trace.txt. New ones go to the end: scripts
// count them.
var traceFields = []struct {
	name string
	of   func(r *Report, x *Exchange) string
}{
	{"seq", func(_ *Report, x *Exchange) string { return strconv.Itoa(x.Seq) }},
	{"utc", func(r *Report, x *Exchange) string { return r.moment(x.Started).Format("2006-01-02T15:04:05.000Z") }},
	{"total_ms", func(_ *Report, x *Exchange) string { return number(x.Total) }},
	{"method", func(_ *Report, x *Exchange) string { return x.Method }},
	{"url", func(_ *Report, x *Exchange) string { return x.URL }},
	{"request_type", func(_ *Report, x *Exchange) string { return x.RequestType }},
	{"status", func(_ *Report, x *Exchange) string { return positive(x.Status) }},
	{"response_code", func(_ *Report, x *Exchange) string { return code(x.ResponseCode) }},
	{"error_code", func(_ *Report, x *Exchange) string { return code(x.ErrorCode) }},
	{"request_id", func(_ *Report, x *Exchange) string { return x.RequestID }},
	{"client_info", func(_ *Report, x *Exchange) string { return x.ClientInfo }},
	{"client_request_id", func(_ *Report, x *Exchange) string { return x.ClientRequestID }},
	{"server_request_id", func(_ *Report, x *Exchange) string { return x.ServerRequestID }},
	{"fe_server", func(_ *Report, x *Exchange) string { return x.FEServer }},
	{"be_server", func(_ *Report, x *Exchange) string { return x.BEServer }},
	{"remote", func(_ *Report, x *Exchange) string { return x.Remote }},
	{"authn", func(_ *Report, x *Exchange) string { return x.Authn }},
	{"bytes_out", func(_ *Report, x *Exchange) string { return strconv.FormatInt(x.BytesOut, 10) }},
	{"bytes_in", func(_ *Report, x *Exchange) string { return strconv.FormatInt(x.BytesIn, 10) }},
	{"check", func(_ *Report, x *Exchange) string { return x.Check }},
	{"error", func(_ *Report, x *Exchange) string { return x.Error }},
}

// WriteTrace writes a line for each request, its fields separated by tabs; the
// first line names them. A dash is a value that is not known.
func WriteTrace(w io.Writer, r *Report) error {
	out := bufio.NewWriter(w)
	names := make([]string, len(traceFields))
	for i, f := range traceFields {
		names[i] = f.name
	}
	fmt.Fprintln(out, "#"+strings.Join(names, "\t"))
	for i := range r.Exchanges {
		for j, f := range traceFields {
			names[j] = cell(f.of(r, &r.Exchanges[i]))
		}
		fmt.Fprintln(out, strings.Join(names, "\t"))
	}
	return out.Flush()
}

// moment is a time of the run by this computer's clock.
func (r *Report) moment(after Milliseconds) time.Time {
	return r.Run.Started.UTC().Add(after.Duration())
}

func number(m *Milliseconds) string {
	if m == nil {
		return ""
	}
	return strconv.FormatFloat(float64(*m), 'f', 3, 64)
}

func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func code(c *int64) string {
	if c == nil {
		return ""
	}
	return strconv.FormatInt(*c, 10)
}
