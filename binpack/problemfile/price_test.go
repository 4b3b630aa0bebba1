package problemfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/catalog"
)

// Any way to write a number is exact, or an error.
func TestPrices(t *testing.T) {
	for number, want := range map[string]catalog.Price{
		"0":                      0,
		"0.0":                    0,
		"0e5":                    0,
		"12":                     12 * catalog.USD,
		"0.096":                  96_000_000,
		"0.100000000000":         100_000_000,
		"1e-9":                   1,
		"1E-3":                   1_000_000,
		"12.5e-1":                1_250_000_000,
		"1.5e+3":                 1500 * catalog.USD,
		"0.00015e4":              1_500_000_000,
		"9223372036.854775807":   1<<63 - 1,
		"9223372036854775807e-9": 1<<63 - 1,
	} {
		plan, err := problemfile.ReadPlan(strings.NewReader(`{"cost": `+number+`}`), read(t, planProblem))
		require.NoError(t, err, number)
		require.Equal(t, want, plan.Cost, number)
	}
	for _, number := range []string{"1e-10", "0.0000000001", "9223372036.854775808", "1e10", "1e31", "1e-31", "-1", "true", "{}", "[]", `"0.1"`, `""`} {
		_, err := problemfile.ReadPlan(strings.NewReader(`{"cost": `+number+`}`), read(t, planProblem))
		require.ErrorContains(t, err, "cost: ", number)
	}
}
