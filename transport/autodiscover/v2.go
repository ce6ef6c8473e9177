package autodiscover

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// V2Answer is the body of an Autodiscover v2 answer. Either Protocol and URL,
// or ErrorCode and ErrorMessage are set.
type V2Answer struct {
	Protocol     string // "AutodiscoverV1"
	URL          string // where POX is to be asked
	ErrorCode    string // "ProtocolNotSupported", "UserNotFound", ...
	ErrorMessage string
}

// v2Protocol asks for the POX URL: v2 has no value for MAPI over HTTP.
const v2Protocol = "AutodiscoverV1"

// v2URLs are the two forms of the question to one host; both exist in the field.
func v2URLs(host, address string) []string {
	base := "https://" + host + "/autodiscover/autodiscover.json"
	return []string{
		base + "/v1.0/" + url.PathEscape(address) + "?Protocol=" + v2Protocol,
		base + "?Email=" + url.QueryEscape(address) + "&Protocol=" + v2Protocol,
	}
}

// ParseV2 reads a JSON answer. Names match in any case; unknown members are
// ignored; an object with neither a URL nor an error code is an error.
func ParseV2(b []byte) (*V2Answer, error) {
	if len(b) > maxBody {
		return nil, errors.New("the answer is larger than 1 MiB")
	}
	if page, ok := webPage(b); ok {
		return nil, fmt.Errorf("%w: %s", ErrNotAutodiscover, page)
	}
	var a struct{ Protocol, URL, ErrorCode, ErrorMessage string }
	if err := json.Unmarshal(b, &a); err != nil {
		return nil, fmt.Errorf("%w: no JSON object of its kind: %w", ErrNotAutodiscover, err)
	}
	if a.URL == "" && a.ErrorCode == "" {
		return nil, fmt.Errorf("%w: JSON without Url or ErrorCode", ErrNotAutodiscover)
	}
	return &V2Answer{Protocol: a.Protocol, URL: a.URL, ErrorCode: a.ErrorCode, ErrorMessage: a.ErrorMessage}, nil
}
