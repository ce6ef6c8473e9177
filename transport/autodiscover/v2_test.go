package autodiscover

import (
	"strings"
	"testing"
)

func TestParseV2(t *testing.T) {
	a, err := ParseV2([]byte(`{"Protocol":"AutodiscoverV1","Url":"https://mail.contoso.test/autodiscover/autodiscover.xml","More":[1]}`))
	if err != nil || a.URL != "https://mail.contoso.test/autodiscover/autodiscover.xml" || a.Protocol != v2Protocol {
		t.Errorf("%+v, %v", a, err)
	}
	a, err = ParseV2([]byte(`{"ErrorCode":"ProtocolNotSupported","ErrorMessage":"no"}`))
	if err != nil || a.ErrorCode != "ProtocolNotSupported" || a.ErrorMessage != "no" {
		t.Errorf("%+v, %v", a, err)
	}
	for in, says := range map[string]string{"<html>": "a web page", "[]": "no JSON object", "{}": "without Url", strings.Repeat(" ", maxBody+1): "1 MiB"} {
		if _, err := ParseV2([]byte(in)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("ParseV2(%.20q): %v, want it to say %q", in, err, says)
		}
	}
}

func TestV2URLsEscapeTheAddress(t *testing.T) {
	got := v2URLs("autodiscover.contoso.test", "a/b?c#d&e@contoso.test")
	want := []string{
		"https://autodiscover.contoso.test/autodiscover/autodiscover.json/v1.0/a%2Fb%3Fc%23d&e@contoso.test?Protocol=AutodiscoverV1",
		"https://autodiscover.contoso.test/autodiscover/autodiscover.json?Email=a%2Fb%3Fc%23d%26e%40contoso.test&Protocol=AutodiscoverV1",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("form %d: %s, want %s", i, got[i], want[i])
		}
	}
}
