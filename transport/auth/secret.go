package auth

import (
	"fmt"
	"io"
	"log/slog"
)

const hidden = "[secret]"

// Secret is a password. Printing, formatting, encoding and logging it gives
// "[secret]"; only Reveal gives the value.
type Secret struct {
	// A pointer, because fmt walks into unexported fields of a surrounding
	// struct without asking our methods: there it prints an address.
	v *string
}

// NewSecret keeps s.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal is the value.
func (s Secret) Reveal() string {
	if s.v == nil {
		return ""
	}
	return *s.v
}

// Empty says that there is no value.
func (s Secret) Empty() bool { return s.Reveal() == "" }

func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) Format(f fmt.State, _ rune)   { io.WriteString(f, hidden) }
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
