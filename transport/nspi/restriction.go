package nspi

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/props"
)

// Restriction is a condition that objects are matched against (MS-OXCDATA 2.12,
// in the form of the address book): *And, *Or, *Not, *Content, *Property,
// *CompareProps, *BitMask, *Size, *Exist or *SubObject.
type Restriction interface {
	restrictionType() uint8
	walk(l *layout, depth int)
}

// RelOp compares a property with a value (MS-OXCDATA 2.12.5).
type RelOp uint8

// The comparisons.
const (
	Less           RelOp = 0
	LessOrEqual    RelOp = 1
	Greater        RelOp = 2
	GreaterOrEqual RelOp = 3
	Equal          RelOp = 4
	NotEqual       RelOp = 5
	MemberOfDL     RelOp = 0x64
)

// Fuzzy levels of Content (MS-OXCDATA 2.12.4).
const (
	FullString uint16 = 0
	Substring  uint16 = 1
	Prefix     uint16 = 2
	IgnoreCase uint16 = 1 // in FuzzyHigh
)

type (
	// And holds when all of Of hold (MS-OXCDATA 2.12.1).
	And struct{ Of []Restriction }
	// Or holds when one of Of holds (MS-OXCDATA 2.12.2).
	Or struct{ Of []Restriction }
	// Not holds when Of does not (MS-OXCDATA 2.12.3).
	Not struct{ Of Restriction }
	// Content looks for text in a property (MS-OXCDATA 2.12.4).
	Content struct {
		FuzzyLow, FuzzyHigh uint16
		Tag                 props.Tag
		Value               *props.Value
	}
	// Property compares a property with a value (MS-OXCDATA 2.12.5). Equal with
	// PidTagAnr is "check names".
	Property struct {
		Op    RelOp
		Tag   props.Tag
		Value *props.Value
	}
	// CompareProps compares two properties (MS-OXCDATA 2.12.6).
	CompareProps struct {
		Op         RelOp
		Tag1, Tag2 props.Tag
	}
	// BitMask tests bits of a property (MS-OXCDATA 2.12.7).
	BitMask struct {
		Op   uint8 // what the masked bits must be: 0 zero, 1 not zero
		Tag  props.Tag
		Mask uint32
	}
	// Size compares the size of a property's value in bytes (MS-OXCDATA 2.12.8).
	Size struct {
		Op   RelOp
		Tag  props.Tag
		Size uint32
	}
	// Exist holds when the object has the property (MS-OXCDATA 2.12.9).
	Exist struct{ Tag props.Tag }
	// SubObject applies Of to a part of the object (MS-OXCDATA 2.12.10).
	SubObject struct {
		Tag props.Tag
		Of  Restriction
	}
)

func (*And) restrictionType() uint8          { return 0x0 }
func (*Or) restrictionType() uint8           { return 0x1 }
func (*Not) restrictionType() uint8          { return 0x2 }
func (*Content) restrictionType() uint8      { return 0x3 }
func (*Property) restrictionType() uint8     { return 0x4 }
func (*CompareProps) restrictionType() uint8 { return 0x5 }
func (*BitMask) restrictionType() uint8      { return 0x6 }
func (*Size) restrictionType() uint8         { return 0x7 }
func (*Exist) restrictionType() uint8        { return 0x8 }
func (*SubObject) restrictionType() uint8    { return 0x9 }

// newRestriction is indexed by the type byte. Comment and Count restrictions
// are not for the address book (MS-OXNSPI 2.2.4).
var newRestriction = []func() Restriction{
	func() Restriction { return &And{} },
	func() Restriction { return &Or{} },
	func() Restriction { return &Not{} },
	func() Restriction { return &Content{} },
	func() Restriction { return &Property{} },
	func() Restriction { return &CompareProps{} },
	func() Restriction { return &BitMask{} },
	func() Restriction { return &Size{} },
	func() Restriction { return &Exist{} },
	func() Restriction { return &SubObject{} },
}

func (r *And) walk(l *layout, depth int) { l.restrictions(&r.Of, depth) }
func (r *Or) walk(l *layout, depth int)  { l.restrictions(&r.Of, depth) }
func (r *Not) walk(l *layout, depth int) { l.restriction(&r.Of, depth) }

func (r *Content) walk(l *layout, _ int) {
	l.u16(&r.FuzzyLow)
	l.u16(&r.FuzzyHigh)
	l.tag(&r.Tag)
	l.operand(&r.Value)
}

func (r *Property) walk(l *layout, _ int) {
	l.u8((*uint8)(&r.Op))
	l.tag(&r.Tag)
	l.operand(&r.Value)
}

func (r *CompareProps) walk(l *layout, _ int) {
	l.u8((*uint8)(&r.Op))
	l.tag(&r.Tag1)
	l.tag(&r.Tag2)
}

func (r *BitMask) walk(l *layout, _ int) {
	l.u8(&r.Op)
	l.tag(&r.Tag)
	l.u32(&r.Mask)
}

func (r *Size) walk(l *layout, _ int) {
	l.u8((*uint8)(&r.Op))
	l.tag(&r.Tag)
	l.u32(&r.Size)
}

func (r *Exist) walk(l *layout, _ int) { l.tag(&r.Tag) }

func (r *SubObject) walk(l *layout, depth int) {
	l.tag(&r.Tag)
	l.restriction(&r.Of, depth)
}

// maxDepth bounds how deep conditions nest; a search from a person needs two or
// three levels.
const maxDepth = 32

func (l *layout) filter(p *Restriction) {
	if l.has(*p != nil) {
		l.restriction(p, 0)
	}
}

func (l *layout) restriction(p *Restriction, depth int) {
	if l.w != nil {
		l.writeRestriction(*p, depth)
		return
	}
	t := int(l.r.U8())
	if t >= len(newRestriction) || depth >= maxDepth {
		l.r.Fail("restriction of type 0x%02X at depth %d", t, depth)
	}
	if l.r.Err() == nil {
		*p = newRestriction[t]()
		(*p).walk(l, depth+1)
	}
}

func (l *layout) writeRestriction(r Restriction, depth int) {
	if r == nil || depth >= maxDepth {
		l.w.Fail(fmt.Errorf("restriction that is missing or deeper than %d levels", maxDepth))
		return
	}
	l.w.U8(r.restrictionType())
	r.walk(l, depth+1)
}

func (l *layout) restrictions(p *[]Restriction, depth int) {
	list(l, p, 1, func(r *Restriction) { l.restriction(r, depth) })
}

// operand walks the value a restriction compares with, behind a HasValue byte
// that the specification does not mention and servers expect.
func (l *layout) operand(p **props.Value) { optional(l, p, l.tagged) }
