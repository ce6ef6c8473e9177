package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours that the toolkit has no name for.
const (
	colorSurface fyne.ThemeColorName = "surface" // of a panel on the background
	colorSide    fyne.ThemeColorName = "side"    // behind the navigation
	colorMuted   fyne.ThemeColorName = "muted"   // of text that stands back
	colorCode    fyne.ThemeColorName = "code"    // behind a command
	// The phases of a request in the timeline.
	colorDNS     fyne.ThemeColorName = "phaseDNS"
	colorConnect fyne.ThemeColorName = "phaseConnect"
	colorTLS     fyne.ThemeColorName = "phaseTLS"
	colorWait    fyne.ThemeColorName = "phaseWait"
)

// look is the theme: the toolkit's own with quieter colours and a little more air.
// Every text colour has at least 4.5:1 against what it stands on; a test holds that.
type look struct{ variant fyne.ThemeVariant }

// variantAuto follows the system.
const variantAuto fyne.ThemeVariant = 255

// newLook is the theme named "auto", "light" or "dark".
func newLook(name string) fyne.Theme {
	switch name {
	case "light":
		return look{theme.VariantLight}
	case "dark":
		return look{theme.VariantDark}
	}
	return look{variantAuto}
}

func rgb(n uint32) color.Color {
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}
}

// colours are pairs: in light, in dark.
var colours = map[fyne.ThemeColorName][2]color.Color{
	theme.ColorNameBackground:          {rgb(0xf5f6f8), rgb(0x14181e)},
	colorSurface:                       {rgb(0xffffff), rgb(0x1d232b)},
	colorSide:                          {rgb(0xebeef2), rgb(0x101419)},
	colorCode:                          {rgb(0xf0f2f5), rgb(0x12161b)},
	theme.ColorNameForeground:          {rgb(0x1a2330), rgb(0xe4e8ee)},
	colorMuted:                         {rgb(0x566273), rgb(0x9ca8b7)},
	theme.ColorNamePlaceHolder:         {rgb(0x5d6878), rgb(0x93a0b0)},
	theme.ColorNameDisabled:            {rgb(0x5f6b7a), rgb(0x919dac)}, // LowImportance is this too,
	theme.ColorNamePrimary:             {rgb(0x1f5fbf), rgb(0x7fb0ff)},
	theme.ColorNameHyperlink:           {rgb(0x1f5fbf), rgb(0x7fb0ff)},
	theme.ColorNameForegroundOnPrimary: {rgb(0xffffff), rgb(0x0b1a30)},
	theme.ColorNameFocus:               {color.NRGBA{0x10, 0x20, 0x38, 0x66}, color.NRGBA{0xff, 0xff, 0xff, 0x33}},
	theme.ColorNameSelection:           {rgb(0xd5e3f7), rgb(0x2a3d58)},
	theme.ColorNameHover:               {color.NRGBA{0x10, 0x20, 0x38, 0x0d}, color.NRGBA{0xff, 0xff, 0xff, 0x10}},
	theme.ColorNamePressed:             {color.NRGBA{0x10, 0x20, 0x38, 0x1e}, color.NRGBA{0xff, 0xff, 0xff, 0x22}},
	theme.ColorNameButton:              {rgb(0xe4e8ee), rgb(0x2b333d)},
	theme.ColorNameDisabledButton:      {rgb(0xeef0f3), rgb(0x20262d)},
	theme.ColorNameInputBackground:     {rgb(0xf3f5f8), rgb(0x12161b)},
	theme.ColorNameInputBorder:         {rgb(0xc3cbd5), rgb(0x3a4450)},
	theme.ColorNameSeparator:           {rgb(0xdde2e8), rgb(0x2b333d)},
	theme.ColorNameHeaderBackground:    {rgb(0xf5f6f8), rgb(0x14181e)},
	theme.ColorNameMenuBackground:      {rgb(0xffffff), rgb(0x232a33)},
	theme.ColorNameOverlayBackground:   {rgb(0xffffff), rgb(0x1d232b)},
	theme.ColorNameShadow:              {color.NRGBA{0x10, 0x20, 0x38, 0x12}, color.NRGBA{0, 0, 0, 0x44}},
	theme.ColorNameSuccess:             {rgb(0x1c7a43), rgb(0x5cc98a)},
	theme.ColorNameWarning:             {rgb(0x96580a), rgb(0xf0b45a)},
	theme.ColorNameError:               {rgb(0xbf2630), rgb(0xff8a84)},
	colorDNS:                           {rgb(0x9b7fd4), rgb(0xb79cf0)},
	colorConnect:                       {rgb(0xd9963b), rgb(0xe6ad5e)},
	colorTLS:                           {rgb(0x3aa39a), rgb(0x58c2b8)},
	colorWait:                          {rgb(0x4c86d6), rgb(0x6ea3ee)},
}

func (l look) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if l.variant != variantAuto {
		v = l.variant
	}
	pair, ok := colours[name]
	switch {
	case !ok:
		return theme.DefaultTheme().Color(name, v)
	case v == theme.VariantDark:
		return pair[1]
	}
	return pair[0]
}

func (look) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

// Icon is the toolkit's own, but for the branches of a tree: chevrons, as people
// know them, and not arrows.
func (look) Icon(n fyne.ThemeIconName) fyne.Resource {
	switch n {
	case theme.IconNameNavigateNext:
		return icon("closed")
	case theme.IconNameMoveDown:
		return icon("opened")
	}
	return theme.DefaultTheme().Icon(n)
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameHeadingText:     22,
	theme.SizeNameSubHeadingText:  16,
	theme.SizeNameCaptionText:     12,
	theme.SizeNameInnerPadding:    7,
	theme.SizeNameSelectionRadius: 6,
	theme.SizeNameInputRadius:     6,
	theme.SizeNameButtonRadius:    6,
}

func (look) Size(name fyne.ThemeSizeName) float32 {
	if size, ok := sizes[name]; ok {
		return size
	}
	return theme.DefaultTheme().Size(name)
}

// blend mixes two colours: share of the second.
func blend(a, b color.Color, share float64) color.Color {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	mix := func(x, y uint32) uint8 { return uint8((float64(x)*(1-share) + float64(y)*share) / 257) }
	return color.NRGBA{mix(r1, r2), mix(g1, g2), mix(b1, b2), 0xff}
}
