package pac

import (
	"strings"

	"github.com/dop251/goja"
)

// guard puts bounds before built-in functions that work through all they are
// given in one step, in which nothing can stop them.
type guard struct {
	vm    *goja.Runtime
	depth int // of joins within joins
}

// wrap lets a function of o be called only where ok says so.
func (g *guard) wrap(o *goja.Object, name string, ok func(goja.FunctionCall) bool) {
	native, isFunction := goja.AssertFunction(o.Get(name))
	if !isFunction {
		return
	}
	_ = o.Set(name, func(c goja.FunctionCall) goja.Value {
		if !ok(c) {
			g.refuse(name)
		}
		v, err := native(c.This, c.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	})
}

func (g *guard) refuse(name string) {
	panic(g.vm.NewTypeError(name + " is given more than a proxy script needs"))
}

// maxDepth is how deep arrays may stand in each other when they become text; one
// that holds itself has no end.
const maxDepth = 32

// join is Array.prototype.join with a bound on what it makes.
func (g *guard) join(c goja.FunctionCall) goja.Value {
	n := lengthOf(g.vm, c.This)
	if g.depth++; n > maxItems || g.depth > maxDepth {
		g.depth = 0
		g.refuse("join")
	}
	separator := ","
	if s := c.Argument(0); !goja.IsUndefined(s) {
		separator = s.String()
	}
	var b strings.Builder
	list := c.This.ToObject(g.vm)
	for i := range n {
		if i > 0 {
			b.WriteString(separator)
		}
		if v := list.Get(g.vm.ToValue(i).String()); v != nil && !goja.IsNull(v) && !goja.IsUndefined(v) {
			b.WriteString(v.String())
		}
		if b.Len() > maxText {
			g.depth = 0
			g.refuse("join")
		}
	}
	g.depth--
	return g.vm.ToValue(b.String())
}

// patterns makes RegExp refuse patterns that only a program could have written.
func (g *guard) patterns(global, prototype *goja.Object) {
	native, ok := goja.AssertConstructor(global.Get("RegExp"))
	if !ok {
		return
	}
	bounded := func(c goja.ConstructorCall) *goja.Object {
		for _, a := range c.Arguments {
			if lengthOf(g.vm, a) > maxPattern {
				g.refuse("RegExp")
			}
		}
		v, err := native(nil, c.Arguments...)
		if err != nil {
			panic(err)
		}
		return v
	}
	_ = global.Set("RegExp", bounded)
	_ = prototype.Set("constructor", global.Get("RegExp"))
}
