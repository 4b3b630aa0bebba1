package catalog_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

func TestParsePrice(t *testing.T) {
	for s, want := range map[string]catalog.Price{
		"0":                    0,
		"0.096":                96_000_000,
		"0.000000001":          1,
		"1.100000000":          1_100_000_000,
		"007.5":                7_500_000_000,
		"9223372036.854775807": math.MaxInt64,
	} {
		got, err := catalog.ParsePrice(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
}

func TestParsePriceRefuses(t *testing.T) {
	for s, why := range map[string]string{
		"":                     "is empty",
		"-0.096":               "without sign",
		"+1":                   "without sign",
		".5":                   "decimal number",
		"5.":                   "decimal number",
		".":                    "decimal number",
		"1.2.3":                "decimal number",
		"1e-3":                 "exponent",
		"1_000":                "decimal number",
		" 1":                   "decimal number",
		"0,096":                "decimal number",
		"٣":                    "decimal number",
		"NaN":                  "decimal number",
		"Inf":                  "decimal number",
		"0x10":                 "decimal number",
		"0.0960000000":         "more than 9 decimals",
		"9223372036.854775808": "more than 9223372036.854775807",
		"99999999999999999999": "more than 9223372036.854775807",
	} {
		_, err := catalog.ParsePrice(s)
		require.ErrorContains(t, err, why, s)
		require.ErrorContains(t, err, strconv.Quote(s))
	}
}

func TestFromUSD(t *testing.T) {
	for v, want := range map[float64]catalog.Price{
		0:                    0,
		0.096:                96_000_000,
		0.0000000004:         0,
		0.0000000006:         1,
		0.1 + 0.2:            300_000_000,
		1.0 / 3:              333_333_333,
		math.Copysign(0, -1): 0,
		9e9:                  9_000_000_000 * catalog.USD,
	} {
		got, err := catalog.FromUSD(v)
		require.NoError(t, err, v)
		require.Equal(t, want, got, v)
	}
	for v, why := range map[float64]string{
		math.Inf(1):     "price +Inf: is not a finite number",
		math.Inf(-1):    "price -Inf: is not a finite number",
		-0.096:          "price -0.096: is negative",
		-1e-300:         "price -1e-300: is negative",
		1e10:            "price 1e+10: is more than",
		math.MaxFloat64: "is more than",
	} {
		_, err := catalog.FromUSD(v)
		require.ErrorContains(t, err, why, v)
	}
	_, err := catalog.FromUSD(math.NaN())
	require.EqualError(t, err, "price NaN: is not a finite number")
}

func TestPriceString(t *testing.T) {
	for p, want := range map[catalog.Price]string{
		0:                  "0",
		1:                  "0.000000001",
		96_000_000:         "0.096",
		100 * catalog.USD:  "100",
		-96_000_000:        "-0.096",
		math.MaxInt64:      "9223372036.854775807",
		math.MinInt64:      "-9223372036.854775808",
		12_340_000_000_000: "12340",
	} {
		require.Equal(t, want, p.String())
	}
}

// Every price survives its text, and the text has no digit to spare.
func TestPriceRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := catalog.Price(rapid.Int64Min(0).Draw(t, "price"))
		s := p.String()
		back, err := catalog.ParsePrice(s)
		require.NoError(t, err)
		require.Equal(t, p, back)
		if strings.Contains(s, ".") {
			require.NotContains(t, "0.", s[len(s)-1:])
		}
	})
}

// FromUSD is never more than half a billionth off the exact value of its input.
func TestFromUSDIsNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0, 9e9).Draw(t, "usd")
		p, err := catalog.FromUSD(v)
		require.NoError(t, err)
		off := new(big.Rat).Sub(big.NewRat(int64(p), int64(catalog.USD)), new(big.Rat).SetFloat64(v))
		require.LessOrEqual(t, off.Abs(off).Cmp(big.NewRat(1, 2*int64(catalog.USD))), 0)
	})
}

func TestPriceUSD(t *testing.T) {
	require.InDelta(t, 0.096, catalog.Price(96_000_000).USD(), 0)
	require.InDelta(t, 13.338, (13*catalog.USD + 338_000_000).USD(), 0)
}

func FuzzParsePrice(f *testing.F) {
	for _, s := range []string{"0.096", "", "-1", "1e9", "NaN", "9223372036.854775808", "0.0000000001", "00.10", "1."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := catalog.ParsePrice(s)
		if err != nil {
			require.Zero(t, p)
			require.ErrorContains(t, err, strconv.Quote(s))
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		require.True(t, ok)
		require.Zero(t, exact.Cmp(big.NewRat(int64(p), int64(catalog.USD))))
	})
}
