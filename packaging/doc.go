// Package packaging holds what packages are made of, and its test holds that
// against the program: one version, one name, one autostart. docs/packaging.md says
// what is built and how.
package packaging
