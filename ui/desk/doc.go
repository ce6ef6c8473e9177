// Package desk is a desktop session for tests: an X server without a screen, a
// window manager, a message bus and folders of its own, and the real program in it,
// driven by keyboard and looked at by its pixels. It is built with the tag "real"
// alone; .ci/setup-real installs what it needs.
package desk
