//go:build cgo && migrated_fynedo

package window

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/go-gl/gl/v2.1/gl"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// Probe opens a window that is not shown, as the toolkit does, and asks for
// OpenGL. The toolkit ends its process where there is none, or goes on without a
// window, and drivers crash; so this is run in a process of its own, by the command
// line, which looks at how that ends.
func Probe() (renderer string, err error) {
	runtime.LockOSThread()
	if err := glfw.Init(); err != nil {
		return "", fmt.Errorf("there is no screen to open a window on (%w)", err)
	}
	defer glfw.Terminate()
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 2)
	w, err := glfw.CreateWindow(64, 64, "", nil, nil)
	if err != nil {
		return "", fmt.Errorf("this screen has no OpenGL (%w)", err)
	}
	defer w.Destroy()
	w.MakeContextCurrent()
	if err := gl.Init(); err != nil {
		return "", fmt.Errorf("this screen's OpenGL cannot be used (%w)", err)
	}
	renderer = gl.GoStr(gl.GetString(gl.RENDERER))
	if renderer == "" {
		return "", errors.New("this screen's OpenGL does not answer")
	}
	return renderer, nil
}
