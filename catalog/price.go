package catalog

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Price is an amount of money per hour, in billionths of a US dollar, or of another
// currency where the source of a catalog's prices says so: all prices of a catalog are
// in one. Sums are exact and ties are real.
type Price int64

// USD is one US dollar per hour, or one of another currency.
const USD Price = 1_000_000_000

// decimals is the number of digits after the point of a Price in US dollars.
const decimals = 9

// ParsePrice returns the price that s states in US dollars per hour: digits
// and at most one point, with a digit on both sides of it and no more than
// nine behind it, like "0.096". All else (a sign, an exponent, NaN, more than
// an int64 of billionths) is an error that quotes s.
func ParsePrice(s string) (Price, error) {
	p, err := parsePrice(s)
	if err != nil {
		return 0, fmt.Errorf("price %q: %w", s, err)
	}
	return p, nil
}

func parsePrice(s string) (Price, error) {
	whole, fraction, point := strings.Cut(s, ".")
	switch {
	case s == "":
		return 0, errors.New("is empty")
	case !digits(whole) || point && !digits(fraction):
		return 0, errors.New("is not a decimal number without sign and exponent")
	case len(fraction) > decimals:
		return 0, fmt.Errorf("has more than %d decimals", decimals)
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("is more than %s", Price(math.MaxInt64))
	}
	return Price(n), nil
}

// digits reports whether s is one or more of the digits 0 to 9.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// FromUSD returns v US dollars per hour, rounded to the nearest billionth
// (half way: to the even one). A v that is NaN, infinite, negative or more
// than an int64 of billionths is an error that states v.
func FromUSD(v float64) (Price, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("price %v: is not a finite number", v)
	}
	if v < 0 {
		return 0, fmt.Errorf("price %v: is negative", v)
	}
	// FormatFloat rounds the exact value of v; v*1e9 would round twice.
	p, err := parsePrice(strconv.FormatFloat(math.Abs(v), 'f', decimals, 64))
	if err != nil {
		return 0, fmt.Errorf("price %v: %w", v, err)
	}
	return p, nil
}

// USD returns p in US dollars per hour, as near as a float64 comes.
func (p Price) USD() float64 {
	return float64(p) / float64(USD)
}

// String returns p in US dollars per hour, exact and as short as that can be:
// "0.096".
func (p Price) String() string {
	sign, n := "", uint64(p)
	if p < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%s%d.%0*d", sign, n/uint64(USD), decimals, n%uint64(USD))
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
