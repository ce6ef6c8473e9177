package outlook

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Type is the type of a registry value, as Windows numbers them (winnt.h).
type Type uint32

// The types that are told apart; anything else is bytes.
const (
	TypeNone     Type = 0
	TypeString   Type = 1 // REG_SZ, UTF-16LE
	TypeExpand   Type = 2 // REG_EXPAND_SZ
	TypeBinary   Type = 3
	TypeDWORD    Type = 4 // little endian
	TypeMultiple Type = 7 // REG_MULTI_SZ
	TypeQWORD    Type = 11
)

// Value is a registry value as Windows stores it.
type Value struct {
	Type Type
	Data []byte
}

// DWORDValue makes a number, StringValue a text.
func DWORDValue(n uint32) Value {
	return Value{TypeDWORD, binary.LittleEndian.AppendUint32(nil, n)}
}

// StringValue makes a REG_SZ.
func StringValue(s string) Value {
	var data []byte
	for _, u := range utf16.Encode([]rune(s)) {
		data = binary.LittleEndian.AppendUint16(data, u)
	}
	return Value{TypeString, append(data, 0, 0)}
}

// Number is the value as a number: of a DWORD or QWORD, or of a text that holds
// one, which is what scripts leave behind by mistake and Office does not read as
// such; see Type to tell them apart.
func (v Value) Number() (n uint64, ok bool) {
	switch {
	case v.Type == TypeDWORD && len(v.Data) == 4:
		return uint64(binary.LittleEndian.Uint32(v.Data)), true
	case v.Type == TypeQWORD && len(v.Data) == 8:
		return binary.LittleEndian.Uint64(v.Data), true
	case v.Type == TypeString || v.Type == TypeExpand:
		n, err := strconv.ParseUint(strings.TrimSpace(v.Text()), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Text is the value for people: the text, the number, or how many bytes there are.
func (v Value) Text() string {
	switch v.Type {
	case TypeString, TypeExpand:
		return strings.TrimRight(utf16Text(v.Data), "\x00")
	case TypeMultiple:
		return strings.Join(strings.Split(strings.TrimRight(utf16Text(v.Data), "\x00"), "\x00"), ", ")
	}
	if n, ok := v.Number(); ok {
		return strconv.FormatUint(n, 10)
	}
	return strconv.Itoa(len(v.Data)) + " bytes"
}

func utf16Text(data []byte) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// Registry is a part of a Windows registry: what was exported, or what Read found
// worth fetching. The zero value is empty. Names of keys and values know no case.
type Registry struct {
	keys map[string]*key // by path, lower case
}

type key struct {
	path   string // as spelled
	values map[string]named
}

type named struct {
	name string // as spelled
	Value
}

// Set puts a value; the path begins with a hive, long or short
// ("HKEY_CURRENT_USER\Software", "HKCU\Software").
func (r *Registry) Set(path, name string, v Value) {
	k := r.Add(path)
	k.values[strings.ToLower(name)] = named{name, v}
}

// Add makes a key that may have no values.
func (r *Registry) Add(path string) *key {
	path = shortHive(path)
	if r.keys == nil {
		r.keys = map[string]*key{}
	}
	id := strings.ToLower(path)
	if r.keys[id] == nil {
		r.keys[id] = &key{path: path, values: map[string]named{}}
	}
	return r.keys[id]
}

// Value is a value; false when there is none. A nil Registry has none.
func (r *Registry) Value(path, name string) (Value, bool) {
	if r == nil || r.keys == nil {
		return Value{}, false
	}
	k := r.keys[strings.ToLower(shortHive(path))]
	if k == nil {
		return Value{}, false
	}
	v, ok := k.values[strings.ToLower(name)]
	return v.Value, ok
}

// Has says whether a key exists.
func (r *Registry) Has(path string) bool {
	return r != nil && r.keys[strings.ToLower(shortHive(path))] != nil
}

// Names are the names of a key's values as spelled, in order.
func (r *Registry) Names(path string) []string {
	if !r.Has(path) {
		return nil
	}
	var out []string
	for _, v := range r.keys[strings.ToLower(shortHive(path))].values {
		out = append(out, v.name)
	}
	slices.Sort(out)
	return out
}

// Len is the number of keys.
func (r *Registry) Len() int {
	if r == nil {
		return 0
	}
	return len(r.keys)
}

// hives in their long and short names.
var hives = [][2]string{
	{"HKEY_CURRENT_USER", "HKCU"}, {"HKEY_LOCAL_MACHINE", "HKLM"}, {"HKEY_CLASSES_ROOT", "HKCR"}, {"HKEY_USERS", "HKU"}, {"HKEY_CURRENT_CONFIG", "HKCC"},
}

// shortHive spells the hive of a path short, so that both spellings meet.
func shortHive(path string) string {
	path = strings.Trim(path, `\`)
	hive, rest, _ := strings.Cut(path, `\`)
	for _, h := range hives {
		if strings.EqualFold(hive, h[0]) || strings.EqualFold(hive, h[1]) {
			if rest == "" {
				return h[1]
			}
			return h[1] + `\` + rest
		}
	}
	return path
}
