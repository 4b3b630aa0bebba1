package naive

import (
	"math"
	"math/big"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Amounts are quantities of resources in billionths, the finest unit that a
// Kubernetes quantity has. They are exact.
type Amounts map[corev1.ResourceName]*big.Int

// AmountsOf returns a list's amounts.
func AmountsOf(list corev1.ResourceList) Amounts {
	a := make(Amounts, len(list))
	for name, q := range list {
		a[name] = nano(q)
	}
	return a
}

// Add adds b to a.
func (a Amounts) Add(b Amounts) { a.AddTimes(b, 1) }

// AddTimes adds n times b to a.
func (a Amounts) AddTimes(b Amounts, n int64) {
	count := big.NewInt(n)
	for name, v := range b {
		sum, ok := a[name]
		if !ok {
			sum = new(big.Int)
			a[name] = sum
		}
		sum.Add(sum, new(big.Int).Mul(v, count))
	}
}

// Lacks returns the first resource, by name, that the pods on the node together ask too
// much of, or "".
func Lacks(allocatable, asked Amounts) corev1.ResourceName {
	first := corev1.ResourceName("")
	for name, amount := range asked {
		have, stated := allocatable[name]
		if amount.Sign() <= 0 || !stated && AnyUnlessStated(name) || stated && amount.Cmp(have) <= 0 {
			continue
		}
		if first == "" || name < first {
			first = name
		}
	}
	return first
}

// attachable begins the names of the resources that count volumes by driver.
const attachable = corev1.ResourceAttachableVolumesPrefix + "csi-"

// AnyUnlessStated reports whether a node that does not state the resource has
// any amount of it: the number of its pods and of volumes that are attached to
// it. Of every other resource it has none.
//
// https://kubernetes.io/docs/concepts/storage/storage-limits/
func AnyUnlessStated(name corev1.ResourceName) bool {
	return name == corev1.ResourcePods || strings.HasPrefix(string(name), attachable)
}

// maxScale bounds the zeros before or behind the digits of an amount: with more of them
// arithmetic could take for ever, and no amount that makes sense has as many.
const maxScale = 100

// nano returns q in billionths. What is finer is rounded up, as Kubernetes
// does when it reads a quantity. What is beyond all sense is 0, one billionth, or 10^100
// of either sign.
func nano(q resource.Quantity) *big.Int {
	d := q.AsDec()
	if d.UnscaledBig().Sign() == 0 {
		return new(big.Int)
	}
	if d.Scale() > maxScale || d.Scale() < -maxScale {
		return beyondSense(d.UnscaledBig().Sign(), math.Abs(q.AsApproximateFloat64()) < 1)
	}
	digits := 9 - int64(d.Scale())
	power := new(big.Int).Exp(big.NewInt(10), new(big.Int).Abs(big.NewInt(digits)), nil)
	if digits >= 0 {
		return power.Mul(power, d.UnscaledBig())
	}
	n, rest := new(big.Int).DivMod(d.UnscaledBig(), power, new(big.Int))
	if rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	return n
}

func beyondSense(sign int, small bool) *big.Int {
	n := big.NewInt(int64(max(sign, 0)))
	if !small {
		n.Exp(big.NewInt(10), big.NewInt(maxScale), nil).Mul(n, big.NewInt(int64(sign)))
	}
	return n
}

func one() *big.Int { return big.NewInt(1_000_000_000) }
