package main

import (
	"slices"
	"strconv"
	"strings"
)

// screen is as much of a terminal as the command line uses: lines that scroll, a
// return to the first column, erasing, moving up, and a few attributes (ECMA-48).
type screen struct {
	width, height int
	lines         [][]cell
	row, column   int
	look          string
}

// cell is one letter; look is "", "bold", "dim", "red", "green" or "yellow".
type cell struct {
	letter rune
	look   string
}

func newScreen(width, height int) *screen {
	return &screen{width: width, height: height, lines: [][]cell{nil}}
}

func (s *screen) copy() *screen {
	c := *s
	c.lines = nil
	for _, l := range s.lines {
		c.lines = append(c.lines, slices.Clone(l))
	}
	return &c
}

func (s *screen) write(text string) {
	letters := []rune(text)
	for i := 0; i < len(letters); i++ {
		switch r := letters[i]; r {
		case '\r':
			s.column = 0
		case '\n':
			s.down()
		case 0x1b:
			i = s.sequence(letters, i)
		default:
			if s.column == s.width {
				s.column = 0
				s.down()
			}
			s.put(cell{r, s.look})
		}
	}
}

func (s *screen) down() {
	if s.row++; s.row < len(s.lines) {
		return
	}
	s.lines = append(s.lines, nil)
	if len(s.lines) > s.height {
		s.lines = s.lines[1:]
		s.row--
	}
}

func (s *screen) put(c cell) {
	l := s.lines[s.row]
	for len(l) <= s.column {
		l = append(l, cell{letter: ' '})
	}
	l[s.column] = c
	s.lines[s.row] = l
	s.column++
}

var looks = map[int]string{0: "", 1: "bold", 2: "dim", 31: "red", 32: "green", 33: "yellow"}

// sequence does what ESC [ number letter says and gives the place of its letter.
func (s *screen) sequence(letters []rune, at int) int {
	end := at + 2
	for end < len(letters) && (letters[end] >= '0' && letters[end] <= '9') {
		end++
	}
	if end >= len(letters) {
		return len(letters)
	}
	n, _ := strconv.Atoi(string(letters[at+2 : end])) // none is 0
	switch letters[end] {
	case 'A':
		s.row = max(s.row-max(n, 1), 0)
	case 'J':
		s.lines = s.lines[:s.row+1]
		s.erase()
	case 'K':
		s.erase()
	case 'm':
		s.look = looks[n]
	}
	return end
}

// erase takes away what stands behind the cursor on its line.
func (s *screen) erase() {
	if l := s.lines[s.row]; s.column < len(l) {
		s.lines[s.row] = l[:s.column]
	}
}

func (s *screen) text() string {
	var out strings.Builder
	for _, l := range s.lines {
		for _, c := range l {
			out.WriteRune(c.letter)
		}
		out.WriteByte('\n')
	}
	return out.String()
}
