package exchangetest

import (
	"fmt"
	"maps"
	"reflect"
)

// Clash says that two faults cannot exist at the same time, because they set the
// same switch of the server (a field of behaviour, or an entry of one) to
// different values: the one that is set later would undo the other.
func (s *Server) Clash(a, b Fault) bool {
	well, onlyA, onlyB := s.with(), s.with(a), s.with(b)
	for name := range well.zone {
		if w, x, y := well.zone.text(name), onlyA.zone.text(name), onlyB.zone.text(name); x != w && y != w && x != y {
			return true
		}
	}
	well.zone, onlyA.zone, onlyB.zone = nil, nil, nil // compared as text, above
	return clash(reflect.ValueOf(*well), reflect.ValueOf(*onlyA), reflect.ValueOf(*onlyB))
}

// ChangesTLS says that a fault is in how a site greets: its certificate, its TLS,
// or that there is none.
func (s *Server) ChangesTLS(f Fault) bool {
	well, b := s.with(), s.with(f)
	return !maps.Equal(well.certs, b.certs) || len(b.greets) > 0 || len(b.cut) > 0
}

// with is the behaviour under some faults.
func (s *Server) with(faults ...Fault) *behaviour {
	b := s.healthy()
	for _, f := range faults {
		faultNamed(f.Name).apply(b, f)
	}
	return b
}

// text is all that the zone knows of a name.
func (z zone) text(name string) string { return fmt.Sprint(z[name]) }

// clash compares what two faults made of a value with what it was. A function
// that was there before is wrapped, and lists of them are added to: they never clash.
func clash(well, a, b reflect.Value) bool {
	if well.IsValid() && well.Kind() == reflect.Struct {
		for i := range well.NumField() {
			if clash(well.Field(i), a.Field(i), b.Field(i)) {
				return true
			}
		}
		return false
	}
	if isMap(a) && isMap(b) {
		for _, key := range a.MapKeys() {
			if clash(entryAt(well, key), a.MapIndex(key), b.MapIndex(key)) {
				return true
			}
		}
		return false
	}
	if a.IsValid() && (a.Kind() == reflect.Func && well.IsValid() || a.Kind() == reflect.Slice && a.Type().Elem().Kind() == reflect.Func) {
		return false
	}
	return !same(well, a) && !same(well, b) && !same(a, b)
}

func isMap(v reflect.Value) bool { return v.IsValid() && v.Kind() == reflect.Map }

// entryAt is the value of a map at key, the zero Value when it has none.
func entryAt(m, key reflect.Value) reflect.Value {
	if !isMap(m) {
		return reflect.Value{}
	}
	return m.MapIndex(key)
}

// same compares what may stand in behaviour.
func same(x, y reflect.Value) bool {
	if !x.IsValid() || !y.IsValid() {
		return x.IsValid() == y.IsValid()
	}
	switch x.Kind() {
	case reflect.Func:
		return x.IsNil() == y.IsNil() && x.Pointer() == y.Pointer()
	case reflect.Slice:
		if x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if !same(x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		return x.Len() == y.Len() // of two that are equal and one that is not there
	}
	return x.Equal(y)
}
