package checks

import (
	"strings"

	"golang.org/x/net/html"
)

// hasPasswordField says that an HTML page asks for a password.
func hasPasswordField(page string) bool {
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(maxPage)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if string(name) == "input" && more && passwordType(z) {
				return true
			}
		}
	}
}

func passwordType(z *html.Tokenizer) bool {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "type" && strings.EqualFold(string(value), "password") {
			return true
		}
		if !more {
			return false
		}
	}
}
