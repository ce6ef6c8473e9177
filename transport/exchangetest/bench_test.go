package exchangetest

import "testing"

// BenchmarkStart is what a test or a demonstration pays for an organisation.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := Start(Options{})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
