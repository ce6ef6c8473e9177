package pac

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/dop251/goja"
)

// What a running script is held to.
const (
	maxCalls   = 256      // functions within functions
	maxItems   = 100_000  // of an array that a built-in function goes over
	maxText    = 1 << 20  // characters of a text that a built-in function takes apart or makes
	maxPattern = 1 << 10  // characters of a pattern, and of what a replacement puts in
	maxGrowth  = 64 << 20 // bytes that the program's memory may grow by while a script runs
	watchEvery = 10 * time.Millisecond
)

var errMemory = errors.New("memory")

// run makes a machine, runs the script in it, and asks for the way of u.
func run(ctx context.Context, w World, program *goja.Program, u *url.URL) (string, error) {
	vm := goja.New()
	vm.SetMaxCallStackSize(maxCalls)
	stop := context.AfterFunc(ctx, func() { vm.Interrupt(ctx.Err()) })
	defer stop()
	unwatch := watchMemory(vm)
	defer unwatch()
	confine(vm)
	if err := offer(ctx, vm, w); err != nil {
		return "", err
	}
	if _, err := vm.RunProgram(program); err != nil {
		return "", scriptError(err)
	}
	// Windows asks the first where a script has both.
	for _, name := range []string{"FindProxyForURLEx", "FindProxyForURL"} {
		find, ok := goja.AssertFunction(vm.Get(name))
		if !ok {
			continue
		}
		v, err := find(goja.Undefined(), vm.ToValue(shown(u)), vm.ToValue(u.Hostname()))
		switch {
		case err != nil:
			return "", scriptError(err)
		case goja.IsNull(v) || goja.IsUndefined(v):
			return "", nil
		}
		if _, isText := v.Export().(string); !isText {
			return "", &Error{Sentence: fmt.Sprintf("%s returns %T and no text", name, v.Export())}
		}
		return v.String(), nil
	}
	return "", &Error{Sentence: "the script has no function FindProxyForURL"}
}

// shown is the URL as a script sees it.
func shown(u *url.URL) string {
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if bare.Path == "" {
		bare.Path = "/"
	}
	return bare.String()
}

// scriptError says what went wrong in a script.
func scriptError(err error) error {
	var thrown *goja.Exception
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	switch {
	case errors.As(err, &interrupted) && interrupted.Value() == errMemory:
		return &Error{Sentence: fmt.Sprintf("the script takes more than %d MiB of memory", maxGrowth>>20), Limit: true}
	case errors.As(err, &overflow):
		return &Error{Sentence: fmt.Sprintf("the script calls functions in more than %d others", maxCalls), Limit: true}
	case errors.As(err, &thrown):
		sentence := short(thrown.Value().String())
		if frames := thrown.Stack(); len(frames) > 0 && frames[0].Position().Line > 0 {
			sentence = fmt.Sprintf("line %d: %s", frames[0].Position().Line, sentence)
		}
		return &Error{Sentence: "the script stops with an error: " + sentence}
	}
	return &Error{Sentence: short(err.Error())}
}

// allowed are the names that a script finds; everything else of the language is
// taken away. What is here makes no more than about twice of what it is given.
var allowed = map[string][]string{
	"": {"Object", "Array", "String", "Number", "Boolean", "Date", "Math", "RegExp", "Error", "TypeError", "RangeError", "SyntaxError",
		"ReferenceError", "parseInt", "parseFloat", "isNaN", "isFinite", "NaN", "Infinity", "undefined",
		"encodeURI", "encodeURIComponent", "decodeURI", "decodeURIComponent", "escape", "unescape"},
	"Object":          {"prototype", "length", "name", "keys", "create", "freeze"},
	"Array":           {"prototype", "length", "name", "isArray"},
	"String":          {"prototype", "length", "name", "fromCharCode"},
	"Array.prototype": {"constructor", "length", "concat", "every", "filter", "find", "forEach", "includes", "indexOf", "join", "lastIndexOf", "map", "pop", "push", "reduce", "reverse", "shift", "slice", "some", "sort", "splice", "toString", "unshift"},
	"String.prototype": {"constructor", "length", "charAt", "charCodeAt", "concat", "endsWith", "includes", "indexOf", "lastIndexOf", "localeCompare",
		"match", "replace", "search", "slice", "split", "startsWith", "substr", "substring", "toLowerCase", "toString", "toUpperCase", "trim", "valueOf"},
	"Function.prototype": {"call", "apply", "toString"},
}

// confine leaves a script what proxy scripts are made of.
func confine(vm *goja.Runtime) {
	global := vm.GlobalObject()
	at := func(o *goja.Object, name string) *goja.Object { return o.Get(name).ToObject(vm) }
	array, text := at(at(global, "Array"), "prototype"), at(at(global, "String"), "prototype")
	function, pattern := at(at(global, "Function"), "prototype"), at(at(global, "RegExp"), "prototype")
	g := guard{vm: vm}
	for _, o := range []struct {
		name string
		*goja.Object
	}{{"Array.prototype", array}, {"String.prototype", text}, {"Function.prototype", function}, {"Object", at(global, "Object")},
		{"Array", at(global, "Array")}, {"String", at(global, "String")}, {"", global}} {
		for _, name := range o.GetOwnPropertyNames() {
			if !slices.Contains(allowed[o.name], name) {
				_ = o.Delete(name)
			}
		}
	}
	for _, name := range array.GetOwnPropertyNames() {
		if name != "constructor" && name != "length" {
			g.wrap(array, name, func(c goja.FunctionCall) bool { return lengthOf(vm, c.This) <= maxItems })
		}
	}
	_ = array.Set("join", g.join)
	g.wrap(function, "apply", func(c goja.FunctionCall) bool { return lengthOf(vm, c.Argument(1)) <= maxItems })
	for _, name := range []string{"split", "match", "search", "localeCompare"} {
		g.wrap(text, name, func(c goja.FunctionCall) bool {
			return lengthOf(vm, c.This) <= maxText && lengthOf(vm, c.Argument(0)) <= maxPattern
		})
	}
	g.wrap(text, "replace", func(c goja.FunctionCall) bool {
		return lengthOf(vm, c.This) <= 2*maxPattern && lengthOf(vm, c.Argument(0)) <= maxPattern && lengthOf(vm, c.Argument(1)) <= maxPattern/16
	})
	g.patterns(global, pattern)
}

// lengthOf is the length of a text, an array, or whatever claims one; 0 for others.
func lengthOf(vm *goja.Runtime, v goja.Value) int64 {
	if v == nil || goja.IsNull(v) || goja.IsUndefined(v) {
		return 0
	}
	if n := v.ToObject(vm).Get("length"); n != nil {
		return n.ToInteger()
	}
	return 0
}

// watchMemory interrupts the script when memory grows beyond what one may take.
// Memory is the program's as a whole: what has just been thrown away elsewhere is
// swept up before the script is blamed.
func watchMemory(vm *goja.Runtime) (stop func()) {
	start, done := heap(), make(chan struct{})
	go func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			now := heap()
			if now > start+maxGrowth && now <= start+2*maxGrowth {
				runtime.GC()
				now = heap()
			}
			if now > start+maxGrowth {
				vm.Interrupt(errMemory)
				return
			}
		}
	}()
	return func() { close(done) }
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
