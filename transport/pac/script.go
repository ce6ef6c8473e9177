package pac

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
)

// maxNesting bounds brackets within brackets: the parser goes as deep as the
// source does, and people do not go beyond ten or twenty.
const maxNesting = 500

// maxArrows bounds short functions: the parser's time grows with the square of
// how many follow each other, and Windows does not know them.
const maxArrows = 200

// A pattern with look-ahead or back-references is matched by this library, which
// nothing can interrupt. Only scripts bring it into the program.
func init() { regexp2.DefaultMatchTimeout = time.Second }

// Script is a script that was read. It may be asked from several goroutines.
type Script struct{ program *goja.Program }

// Error says that a script cannot be read or run: a fault of the script, which
// every program that follows it meets.
type Error struct {
	Sentence string // what is wrong, with line and column where they are known
	Limit    bool   // it took too long or too much memory
}

func (e *Error) Error() string { return e.Sentence }

// Compile reads the source: UTF-8, or Latin-1 where it is none. The error is an *Error.
func Compile(source []byte) (*Script, error) {
	source = bytes.TrimPrefix(source, []byte("\xEF\xBB\xBF"))
	switch {
	case len(bytes.TrimSpace(source)) == 0:
		return nil, &Error{Sentence: "the script is empty"}
	case len(source) > MaxScript:
		return nil, &Error{Sentence: fmt.Sprintf("the script has more than %d KiB", MaxScript>>10)}
	case bytes.Count(source, []byte("=>")) > maxArrows || bytes.Count(source, []byte("async")) > maxArrows:
		return nil, &Error{Sentence: fmt.Sprintf("the script has more than %d functions of a kind that proxy scripts do not have", maxArrows)}
	case nesting(source) > maxNesting:
		return nil, &Error{Sentence: fmt.Sprintf("the script has brackets in more than %d others", maxNesting)}
	case looksLikePage(source):
		return nil, &Error{Sentence: "it is a web page and no script"}
	}
	done := make(chan compiled, 1) // nobody may be left to take it
	go func() {
		program, err := compile(text(source))
		done <- compiled{program, err}
	}()
	limit := time.NewTimer(RunLimit)
	defer limit.Stop()
	select {
	case c := <-done:
		if c.err != nil {
			return nil, c.err
		}
		return &Script{c.program}, nil
	case <-limit.C:
		return nil, &Error{Sentence: fmt.Sprintf("the script cannot be read within %v", RunLimit), Limit: true}
	}
}

type compiled struct {
	program *goja.Program
	err     error
}

func compile(source string) (program *goja.Program, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Sentence: "the script cannot be read: " + short(fmt.Sprint(p))}
		}
	}()
	tree, err := parser.ParseFile(nil, "", source, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, &Error{Sentence: "it is not JavaScript: " + parserSentence(err)}
	}
	if hasBigInt(reflect.ValueOf(tree), map[uintptr]bool{}) {
		return nil, &Error{Sentence: "the script calculates with numbers of any length, which no proxy script needs"}
	}
	if program, err = goja.CompileAST(tree, false); err != nil {
		return nil, &Error{Sentence: "it is not JavaScript: " + parserSentence(err)}
	}
	return program, nil
}

// text makes a string of UTF-8 or Latin-1.
func text(source []byte) string {
	if utf8.Valid(source) {
		return string(source)
	}
	runes := make([]rune, len(source))
	for i, b := range source {
		runes[i] = rune(b)
	}
	return string(runes)
}

// nesting is how deep brackets stand in each other. Those in texts and comments
// count as well, which errs by a few.
func nesting(source []byte) (deepest int) {
	depth := 0
	for _, b := range source {
		switch b {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

func looksLikePage(source []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(source), []byte("<")) }

// parserSentence is the first of the parser's complaints.
func parserSentence(err error) string {
	var list parser.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return fmt.Sprintf("line %d, column %d: %s", list[0].Position.Line, list[0].Position.Column, short(list[0].Message))
	}
	return short(err.Error())
}

// short is the first line of a message, bounded: scripts write some of them.
func short(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

// hasBigInt finds numbers written as 10n: one operation on them can take forever.
func hasBigInt(v reflect.Value, seen map[uintptr]bool) bool {
	switch v.Kind() {
	case reflect.Interface:
		return !v.IsNil() && hasBigInt(v.Elem(), seen)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] || v.Elem().Kind() != reflect.Struct || !strings.HasSuffix(v.Type().Elem().PkgPath(), "goja/ast") {
			return false
		}
		seen[v.Pointer()] = true
		if n, ok := v.Interface().(*ast.NumberLiteral); ok {
			_, isBig := n.Value.(*big.Int)
			return isBig
		}
		return hasBigInt(v.Elem(), seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && hasBigInt(v.Field(i), seen) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if hasBigInt(v.Index(i), seen) {
				return true
			}
		}
	}
	return false
}

// Find asks the script for the way of u, as a new run of it each time. Query,
// fragment and user name of u are kept from the script. What is returned is the
// answer as the script gave it, see ParseAnswer; no answer is "".
//
// Errors: an *Error when the script is at fault, or of ctx.
func (s *Script) Find(ctx context.Context, w World, u *url.URL) (string, error) {
	limited, cancel := context.WithTimeout(ctx, RunLimit)
	defer cancel()
	type result struct {
		answer string
		err    error
	}
	done := make(chan result, 1) // nobody may be left to take it
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{err: &Error{Sentence: "the script cannot be run: " + short(fmt.Sprint(p))}}
			}
		}()
		answer, err := run(limited, w, s.program, u)
		done <- result{answer, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-stopped(limited):
		// It is inside one long step that nothing can stop; when that ends, so does it.
		r.err = limited.Err()
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case limited.Err() != nil:
		return "", &Error{Sentence: fmt.Sprintf("the script does not come to an end within %v", RunLimit), Limit: true}
	}
	return r.answer, r.err
}

// stopGrace is for how long a script that was told to stop is waited for.
const stopGrace = 200 * time.Millisecond

// stopped closes a moment after ctx has ended.
func stopped(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(stopGrace, func() { close(ch) }) })
	return ch
}
