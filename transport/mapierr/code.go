// Package mapierr names the status codes of the MAPI protocols.
//
// One number space serves the StatusCode and ErrorCode of a MAPI/HTTP body, the
// ReturnValue of a remote operation, the error columns of a property row and the
// results of the address book (MS-OXCDATA 2.4, MS-OXNSPI 2.2.1.2). The
// X-ResponseCode of the HTTP layer is a different space and not here.
package mapierr

import "fmt"

// Code is a MAPI, store or address book status as it travels: 32 bits, 0 is
// success. It is an error, so that errors.As finds the server's own number; OK
// is an error value like any other and must not be returned as one.
type Code uint32

// Name is the field's name for the code, such as "ecUnknownUser"; "" when unknown.
func (c Code) Name() string { return known[c].name }

// Meaning is one plain sentence that says what the server meant; "" when unknown.
func (c Code) Meaning() string { return known[c].meaning }

// String is the name with the number, "ecUnknownUser (0x000003EB)", or the
// number alone when the code is unknown.
func (c Code) String() string {
	if name := c.Name(); name != "" {
		return fmt.Sprintf("%s (0x%08X)", name, uint32(c))
	}
	return fmt.Sprintf("0x%08X", uint32(c))
}

// Error is String.
func (c Code) Error() string { return c.String() }

// Warning says whether the code reports a result with reservations (severity 0,
// facility ITF: the MAPI_W_ codes) rather than a refusal.
func (c Code) Warning() bool { return c>>16 == 0x4 }
