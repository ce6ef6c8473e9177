package redact

import (
	"reflect"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// each hands every string of r, with its class, to change and keeps what comes
// back. Strings inside free-form evidence are Text, whatever their depth.
func each(r *report.Report, change func(Class, string) string) {
	walk("", reflect.ValueOf(r).Elem(), change)
}

func walk(path string, v reflect.Value, change func(Class, string) string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(path, v.Elem(), change)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name, ok := jsonName(v.Type().Field(i)); ok {
				walk(join(path, name), v.Field(i), change)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(path+"[]", v.Index(i), change)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if e := free(classOf(path+"{}"), v.MapIndex(k).Interface(), change); e != nil {
				v.SetMapIndex(k, reflect.ValueOf(e))
			}
		}
	case reflect.String:
		v.SetString(change(classOf(path), v.String()))
	}
}

// free goes through a value of evidence as it comes out of JSON.
func free(c Class, v any, change func(Class, string) string) any {
	switch v := v.(type) {
	case string:
		return change(c, v)
	case []any:
		for i := range v {
			v[i] = free(c, v[i], change)
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[change(c, k)] = free(c, e, change) // a key of nested evidence may be a host
		}
		return out
	}
	return v
}

func classOf(path string) Class {
	if c, ok := table[path]; ok {
		return c
	}
	return Text
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// jsonName is the name of a field in the report; ok is false for time.Time and
// the like, which have no fields of their own there.
func jsonName(f reflect.StructField) (name string, ok bool) {
	name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
	return name, name != "" && name != "-"
}
