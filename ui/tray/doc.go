// Package tray is the icon in the bar of the desktop: it follows the agent and
// shows how it stands, with a menu of at most eight rows and a notification when
// mail stops and when it is back. It is a process of its own; View says what it
// shows as a pure function, Run is the process.
//
// The libraries of the desktop come in with the build tag "desktop". Without it
// the package builds everywhere, and Run is ErrNotBuilt.
package tray
