package diag_test

import (
	"os"
	"testing"

	"github.com/mapiscope/mapiscope/diag/lab"
)

func TestMain(m *testing.M) {
	lab.Child() // a case in a network namespace of its own
	os.Exit(m.Run())
}
