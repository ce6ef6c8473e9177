package window

import (
	"os"
	"testing"
	"time"
)

// TestMain shows times as they are everywhere.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}
