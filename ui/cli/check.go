package cli

import (
	"github.com/spf13/cobra"
)

func newCheck(s Streams) *cobra.Command        { return &cobra.Command{Use: "check ADDRESS"} }
func newDemo(s Streams) *cobra.Command         { return &cobra.Command{Use: "demo [SCENARIO]"} }
func newExchangeTest(s Streams) *cobra.Command { return &cobra.Command{Use: "exchangetest"} }
func newReport(s Streams) *cobra.Command       { return &cobra.Command{Use: "report"} }
