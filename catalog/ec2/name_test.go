package ec2

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseName(t *testing.T) {
	for s, want := range map[string]typeName{
		"m5.large":            {"m", "m5", "5", "large"},
		"hpc7a.96xlarge":      {"hpc", "hpc7a", "7", "96xlarge"},
		"u-6tb1.112xlarge":    {"u", "u-6tb1", "1", "112xlarge"},
		"u7in-32tb.224xlarge": {"u", "u7in-32tb", "7", "224xlarge"},
		"m8g.metal-24xl":      {"m", "m8g", "8", "metal-24xl"},
		"c7i-flex.large":      {"c", "c7i-flex", "7", "large"},
		"z15.large":           {"z", "z15", "15", "large"},
	} {
		got, err := parseName(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got)
	}
	for _, s := range []string{"", ".", "m5", "m5.", ".large", "5.large", "m.large", "u-6tb.large", "M5.large"} {
		_, err := parseName(s)
		require.ErrorContains(t, err, "is not like m5.large", s)
	}
}
