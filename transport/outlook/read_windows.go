package outlook

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows/registry"
)

// Read fetches the keys that Inspect looks at from this computer's registry, for
// the user who runs the program. Keys that are not there, or that the user may
// not read, are left out.
func Read() (*Registry, error) {
	out := &Registry{}
	for _, path := range Keys() {
		fetch(out, path)
	}
	return out, nil
}

func fetch(out *Registry, path string) {
	hive, rest, _ := strings.Cut(path, `\`)
	root := registry.Key(registry.CURRENT_USER)
	if hive == "HKLM" {
		root = registry.LOCAL_MACHINE
	}
	k, err := registry.OpenKey(root, rest, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return
	}
	defer k.Close()
	out.Add(path)
	names, err := k.ReadValueNames(-1)
	if err != nil {
		return
	}
	for _, name := range names {
		if v, ok := value(k, name); ok {
			out.Set(path, name, v)
		}
	}
}

// maxValueBytes bounds one value; none of those that matter has more than some KiB.
const maxValueBytes = 64 << 10

func value(k registry.Key, name string) (Value, bool) {
	buf := make([]byte, 512)
	n, kind, err := k.GetValue(name, buf)
	if errors.Is(err, registry.ErrShortBuffer) && n <= maxValueBytes {
		buf = make([]byte, n)
		n, kind, err = k.GetValue(name, buf)
	}
	if err != nil {
		return Value{}, false
	}
	return Value{Type: Type(kind), Data: buf[:n]}, true
}
