package problemfile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/stowage/stowage/catalog"
)

// price is a catalog.Price as a JSON number: US dollars per hour, exact.
type price catalog.Price

// MarshalJSON writes p as a decimal number.
func (p price) MarshalJSON() ([]byte, error) {
	return []byte(catalog.Price(p).String()), nil
}

// UnmarshalJSON reads a number that is exact to a billionth.
func (p *price) UnmarshalJSON(raw []byte) error {
	plain, err := plainDecimal(string(raw))
	if err != nil {
		return err
	}
	parsed, err := catalog.ParsePrice(plain)
	if err != nil {
		return err
	}
	*p = price(parsed)
	return nil
}

// plainDecimal writes a JSON number that is not negative without exponent and
// without zeros behind: 1.20e1 as 12.
func plainDecimal(number string) (string, error) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(number), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	switch _, err := strconv.ParseFloat(mantissa, 64); {
	case strings.HasPrefix(number, "-"):
		return "", fmt.Errorf("%s is negative", number)
	case err != nil:
		return "", fmt.Errorf("%s is not a number", short([]byte(number)))
	}
	shift := 0
	if hasExponent {
		const most = 30 // more digits than any price has
		var err error
		if shift, err = strconv.Atoi(exponent); err != nil || shift < -most || shift > most {
			return "", fmt.Errorf("%s is out of the range of prices", short([]byte(number)))
		}
	}
	digits, point := whole+fraction, len(whole)+shift
	if point < 1 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	return strings.TrimSuffix(digits[:point]+"."+strings.TrimRight(digits[point:], "0"), "."), nil
}
