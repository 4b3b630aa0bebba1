package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
	"github.com/stowage/stowage/catalog"
)

// An overlay is a NodeOverlay, read.
type overlay struct {
	matches  func(labels map[string]string) bool
	price    func(catalog.Price) catalog.Price // nil: it leaves the price alone
	capacity corev1.ResourceList
}

// overlaid returns a catalog as NodeOverlays have it for a pool with these
// labels. Of the overlays that match an offering the first that states a price
// decides it, and of those that match a type the first that states a resource:
// that of most weight, among equals the one last by name.
//
// https://karpenter.sh/docs/concepts/nodeoverlays/
func (b *builder) overlaid(c catalog.Catalog, labels map[string]string) (catalog.Catalog, error) {
	overlays, err := b.readOverlays()
	if err != nil || len(overlays) == 0 {
		return c, err
	}
	out := make(catalog.Catalog, len(c))
	for i, t := range c {
		out[i] = overlaidType(t, overlays, labels)
	}
	return out, nil
}

func overlaidType(t *catalog.InstanceType, overlays []overlay, labels map[string]string) *catalog.InstanceType {
	changed := *t
	changed.Offerings, changed.Capacity = slices.Clone(t.Offerings), maps.Clone(t.Capacity)
	added := corev1.ResourceList{}
	for i := range t.Offerings {
		node := t.OfferingLabels(i)
		maps.Copy(node, labels)
		priced := false
		for _, o := range overlays {
			if !o.matches(node) {
				continue
			}
			if !priced && o.price != nil {
				changed.Offerings[i].Price, priced = o.price(t.Offerings[i].Price), true
			}
			fill(&added, o.capacity)
		}
	}
	for name, q := range added {
		if changed.Capacity == nil {
			changed.Capacity = corev1.ResourceList{}
		}
		changed.Capacity[name] = q
	}
	return &changed
}

// readOverlays returns the overlays, those that decide first.
func (b *builder) readOverlays() ([]overlay, error) {
	objects := slices.Clone(b.overlays)
	spec := func(o object) *karpenter.NodeOverlay { return o.value.(*karpenter.NodeOverlay) }
	slices.SortStableFunc(objects, func(x, y object) int {
		return cmp.Or(cmp.Compare(spec(y).Spec.Weight, spec(x).Spec.Weight), cmp.Compare(y.origin.Name, x.origin.Name))
	})
	var out []overlay
	for _, o := range objects {
		read, path, err := readOverlay(spec(o))
		if err != nil {
			return nil, &Error{Origin: o.origin, Path: o.path(path), Err: err}
		}
		out = append(out, read)
		if read.price != nil && !b.overlaysNoted {
			b.notes.note(o, path, "is in the prices, as Karpenter compares them: it need not be what is paid")
		}
	}
	b.overlaysNoted = true
	return out, nil
}

func readOverlay(v *karpenter.NodeOverlay) (o overlay, path string, err error) {
	var term corev1.NodeSelectorTerm
	for i, r := range v.Spec.Requirements {
		req, err := requirement(r)
		if err != nil {
			return o, fmt.Sprintf("spec.requirements[%d]", i), err
		}
		term.MatchExpressions = append(term.MatchExpressions, req)
	}
	o.matches = func(map[string]string) bool { return true }
	if len(term.MatchExpressions) > 0 {
		selector, err := nodeaffinity.NewNodeSelector(&corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{term}})
		if err != nil {
			return o, "spec.requirements", err
		}
		o.matches = func(labels map[string]string) bool {
			return selector.Match(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: labels}})
		}
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, corev1.ResourcePods} {
		if _, stated := v.Spec.Capacity[name]; stated {
			return o, fmt.Sprintf("spec.capacity[%s]", name), errors.New("is not for an overlay to state")
		}
	}
	o.capacity = v.Spec.Capacity
	switch {
	case v.Spec.Price != nil && v.Spec.PriceAdjustment != nil:
		return o, "spec.price", errors.New("is stated beside priceAdjustment")
	case v.Spec.Price != nil:
		price, err := catalog.ParsePrice(*v.Spec.Price)
		o.price = func(catalog.Price) catalog.Price { return price }
		return o, "spec.price", err
	case v.Spec.PriceAdjustment != nil:
		o.price, err = adjustment(*v.Spec.PriceAdjustment)
	}
	return o, "spec.priceAdjustment", err
}

var adjustments = regexp.MustCompile(`^[+-]\d{0,12}(\.\d{1,12}|\d)%?$`)

// adjustment returns what a priceAdjustment does to a price: it adds an amount,
// or a share of it, and never makes less than nothing of it. Results are rounded
// down to a billionth of a dollar.
func adjustment(text string) (func(catalog.Price) catalog.Price, error) {
	number, percent := strings.CutSuffix(text, "%")
	by, ok := new(big.Rat).SetString(number)
	if !adjustments.MatchString(text) || !ok {
		return nil, fmt.Errorf("%q is neither an amount with its sign nor a share like +10%%", text)
	}
	return func(p catalog.Price) catalog.Price {
		price, delta := new(big.Rat).SetInt64(int64(p)), new(big.Rat)
		if percent {
			delta.Mul(price, by).Quo(delta, big.NewRat(100, 1))
		} else {
			delta.Mul(by, new(big.Rat).SetInt64(int64(catalog.USD)))
		}
		sum := price.Add(price, delta)
		if sum.Sign() < 0 {
			return 0
		}
		whole := new(big.Int).Quo(sum.Num(), sum.Denom())
		if !whole.IsInt64() {
			return p
		}
		return catalog.Price(whole.Int64())
	}, nil
}
