// Package quantity counts Kubernetes quantities exactly: as billionths in big
// integers, and as 64-bit integers in the greatest unit that divides all amounts of
// one resource.
package quantity

import (
	"fmt"
	"math/big"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Nodes counts launches in limits and quotas.
const Nodes corev1.ResourceName = "nodes"

// PerLaunch returns what one launch of a type with this capacity counts towards a limit
// on the resource, in billionths: one node, or the capacity.
func PerLaunch(capacity corev1.ResourceList, name corev1.ResourceName) *big.Int {
	if name == Nodes {
		return big.NewInt(1_000_000_000)
	}
	return Nano(capacity[name])
}

// Nano returns q in billionths, its finest unit, exactly.
func Nano(q resource.Quantity) *big.Int {
	if whole, ok := q.AsInt64(); ok {
		n := big.NewInt(whole)
		return n.Mul(n, power(9))
	}
	d := q.AsDec()
	n := new(big.Int).Set(d.UnscaledBig())
	if n.Sign() == 0 {
		return n
	}
	shift := 9 - int64(d.Scale())
	if shift < 0 {
		return n.Div(n, power(-shift))
	}
	return n.Mul(n, power(shift))
}

// power returns 10 to the power of n. Nearly all quantities ask for that of 6 or 9, many times.
func power(n int64) *big.Int {
	if n > 18 {
		return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil)
	}
	small := int64(1)
	for range n {
		small *= 10
	}
	return big.NewInt(small)
}

// MaxSum bounds every sum of amounts in the model, so that no sum or
// difference of two overflows.
const MaxSum = 1 << 61

// A Scale counts a resource in its greatest unit that divides all amounts.
type Scale struct{ Unit *big.Int }

// ScaleOf returns the scale for amounts in billionths. Zeros do not matter.
func ScaleOf(amounts []*big.Int) Scale {
	unit := new(big.Int)
	for _, a := range amounts {
		unit.GCD(nil, nil, unit, a)
	}
	if unit.Sign() == 0 {
		unit.SetInt64(1)
	}
	return Scale{unit}
}

// Down returns a in units, rounded down and at most maxSum.
func (s Scale) Down(a *big.Int) int64 {
	n := new(big.Int).Quo(a, s.Unit)
	if n.Cmp(big.NewInt(MaxSum)) > 0 {
		return MaxSum
	}
	return n.Int64()
}

// maxQuantity is the largest amount that a Problem may state, in base units.
const maxQuantity = 1 << 62

// maxBits and maxScale bound the digits of an amount, and those before or behind the
// point that it does not state: with more, arithmetic could take for ever.
const maxBits, maxScale = 512, 100

// Check returns what is wrong with a quantity of a pod, a type or a
// limit. It looks at the size first: some methods of Quantity take for ever
// with an exponent in the millions, and so would printing it.
func Check(q resource.Quantity) error {
	if d := q.AsDec(); d.UnscaledBig().Sign() != 0 && (d.UnscaledBig().BitLen() > maxBits || d.Scale() > maxScale || d.Scale() < -maxScale) {
		return fmt.Errorf("has more digits, or a larger exponent, than an amount that makes sense: %d binary digits, scale %d", d.UnscaledBig().BitLen(), d.Scale())
	}
	switch f := q.AsApproximateFloat64(); {
	case f > maxQuantity || f < -maxQuantity:
		return fmt.Errorf("about %g is more than %g", f, float64(maxQuantity))
	case q.Sign() < 0:
		return fmt.Errorf("%s is negative", q.String())
	}
	return nil
}

// Quantity returns n units as a quantity of the resource.
func (s Scale) Quantity(n int64, name corev1.ResourceName) resource.Quantity {
	return Of(name, new(big.Int).Mul(big.NewInt(n), s.Unit))
}

// Of returns an amount in billionths as people write it; nil: none.
func Of(name corev1.ResourceName, amount *big.Int) resource.Quantity {
	if amount == nil {
		amount = new(big.Int)
	}
	q, _ := resource.ParseQuantity(amount.String() + "n") // digits and a suffix: cannot fail
	if name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage {
		q.Format = resource.BinarySI
	} else {
		q.Format = resource.DecimalSI
	}
	return q
}
