package autodiscover

import (
	"fmt"
	"strconv"
	"strings"
)

// ServerVersion is the decoded ServerVersion of an EXCH protocol.
type ServerVersion struct{ Major, Minor, Build int }

func (v ServerVersion) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Build) }

// ParseServerVersion decodes the up to 8 hex digits of ServerVersion: from the
// top 4 bits of no meaning, 6 bits major, 6 bits minor, a flag, 15 bits build
// (POX reference, ServerVersion).
func ParseServerVersion(s string) (ServerVersion, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 16, 32)
	if err != nil {
		return ServerVersion{}, fmt.Errorf("the ServerVersion %.32q is not a 32-bit hexadecimal number", s)
	}
	return ServerVersion{Major: int(n >> 22 & 0x3F), Minor: int(n >> 16 & 0x3F), Build: int(n & 0x7FFF)}, nil
}
