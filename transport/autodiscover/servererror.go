package autodiscover

import (
	"fmt"
	"strconv"
)

// ServerError is an error answer: HTTP status 200 with Response/Error
// (MS-OXDSCLI 2.2.4.1.1.3).
type ServerError struct {
	Code      int    // 500..603; servers may use others; 0 = unreadable
	Message   string // the server's words
	DebugData string
	Time, ID  string // time of day and hash of the server's name: for its logs
}

func readServerError(e *element) *ServerError {
	code, err := strconv.Atoi(e.value("ErrorCode"))
	if err != nil {
		code = 0
	}
	return &ServerError{Code: code, Message: e.value("Message"), DebugData: e.value("DebugData"), Time: e.attr("Time"), ID: e.attr("Id")}
}

// Meaning is one plain sentence for the codes of MS-OXDSCLI 2.2.4.1.1.3.2, and
// for the 404 of gromox.
func (e *ServerError) Meaning() string {
	switch e.Code {
	case 404, 500:
		return "the server does not know this e-mail address, or cannot give settings for it"
	case 501:
		return "the server knows the address but has no settings for it"
	case 600:
		return "the server found the request invalid; a browser that opens the address sees the same, so the service is alive"
	case 601:
		return "the server has no Autodiscover provider for Outlook"
	case 602:
		return "the server knows the address, but its configuration is faulty"
	case 603:
		return "the server had an internal error"
	}
	return "the server answered with an error of its own"
}

func (e *ServerError) Error() string {
	return fmt.Sprintf("Autodiscover error %d (%s): %s", e.Code, e.Message, e.Meaning())
}
