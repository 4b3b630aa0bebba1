package manifest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
	"github.com/stowage/stowage/catalog"
)

const (
	poolLabel = "karpenter.sh/nodepool"
	nodes     = corev1.ResourceName("nodes")
)

// readPools adds the pools, and what each may launch. Without pools, anything of
// the catalog may be launched.
//
// Labels that all nodes of a cluster have once they are there
// (karpenter.sh/registered, karpenter.sh/initialized) go into Problem.NodeLabels
// here, once there is such a field.
func (b *builder) readPools() {
	p := &b.result.Problem
	shop := shop{builder: b, made: map[string]catalog.Catalog{}}
	for _, o := range b.pools {
		v := o.value.(*karpenter.NodePool)
		pool := shop.pool(o, v)
		c, err := shop.catalog(o, v, pool.Labels)
		if err != nil {
			b.faults = append(b.faults, err)
			return // others would say the same
		}
		if pool.Catalog = c; c == nil {
			pool.Catalog = catalog.Catalog{} // nil would be the Problem's
		}
		p.Pools = append(p.Pools, pool)
		b.result.pools = append(b.result.pools, o)
		if v.Spec.Replicas != nil {
			shop.standIns(o, v)
		}
	}
	if len(p.Pools) > 0 {
		b.ownKeys()
		share(p)
		return
	}
	c, err := shop.of("", NodeClass{})
	if err == nil {
		c, err = shop.overlaid(c, nil)
	}
	if err != nil {
		b.faults = append(b.faults, err)
	}
	p.Catalog = c
}

// share makes a catalog that all pools have the Problem's.
func share(p *binpack.Problem) {
	first := p.Pools[0].Catalog
	for i := range p.Pools {
		c := p.Pools[i].Catalog
		if len(c) == 0 || len(c) != len(first) || &c[0] != &first[0] {
			return
		}
	}
	p.Catalog = first
	for i := range p.Pools {
		p.Pools[i].Catalog = nil
	}
}

// pool returns the pool that a NodePool is, without a catalog.
func (s *shop) pool(o object, v *karpenter.NodePool) binpack.Pool {
	t := &v.Spec.Template
	pool := binpack.Pool{
		Name: v.Metadata.Name, Labels: maps.Clone(t.Metadata.Labels), Weight: v.Spec.Weight,
		Taints: t.Spec.Taints, StartupTaints: t.Spec.StartupTaints, Limits: s.limitsLeft(v), MinValuesPolicy: s.opts.MinValuesPolicy,
	}
	if pool.Labels == nil {
		pool.Labels = map[string]string{}
	}
	pool.Labels[poolLabel] = v.Metadata.Name
	if ref := t.Spec.NodeClassRef; ref != nil && ref.Name != "" {
		group := ref.Group
		if group == "" {
			group, _, _ = strings.Cut(ref.APIVersion, "/")
		}
		pool.Labels[group+"/"+strings.ToLower(ref.Kind)] = ref.Name
	}
	for i, r := range t.Spec.Requirements {
		path := fmt.Sprintf("spec.template.spec.requirements[%d]", i)
		req, err := requirement(r)
		if err != nil {
			s.fault(o, path, "%w", err)
			continue
		}
		if !s.filledIn(o, path, &req) { // what every node of the pool meets keeps the places of the others
			req = corev1.NodeSelectorRequirement{Key: poolLabel, Operator: corev1.NodeSelectorOpExists}
		}
		pool.Requirements = append(pool.Requirements, req)
		if r.MinValues != nil {
			if pool.MinValues == nil {
				pool.MinValues = map[string]int{}
			}
			pool.MinValues[r.Key] = max(pool.MinValues[r.Key], *r.MinValues)
		}
	}
	return pool
}

// filledIn takes values out of a requirement that are no values of labels, as
// placeholders are that are still to be filled in, and reports whether it says
// something without them.
func (s *shop) filledIn(o object, path string, req *corev1.NodeSelectorRequirement) bool {
	if why := validation.IsQualifiedName(req.Key); len(why) > 0 {
		s.notes.note(o, path+".key", fmt.Sprintf("%q is no key of a label: the requirement is left out", req.Key))
		return false
	}
	before := len(req.Values)
	req.Values = slices.DeleteFunc(slices.Clone(req.Values), func(value string) bool {
		wrong := len(validation.IsValidLabelValue(value)) > 0
		if wrong {
			s.notes.note(o, path+".values", fmt.Sprintf("%q is no value of a label: it is left out", value))
		}
		return wrong
	})
	return before == 0 || len(req.Values) > 0
}

// requirement returns a requirement of Karpenter's as one of Kubernetes': Gte and
// Lte are Gt and Lt of the next number.
func requirement(r karpenter.Requirement) (corev1.NodeSelectorRequirement, error) {
	out := corev1.NodeSelectorRequirement{Key: r.Key, Operator: r.Operator, Values: r.Values}
	by := int64(0)
	switch r.Operator {
	case "Gte":
		out.Operator, by = corev1.NodeSelectorOpGt, -1
	case "Lte":
		out.Operator, by = corev1.NodeSelectorOpLt, 1
	default:
		return out, nil
	}
	if len(r.Values) != 1 {
		return out, fmt.Errorf("%s wants one value, not %d", r.Operator, len(r.Values))
	}
	n, err := strconv.ParseInt(r.Values[0], 10, 32)
	if err != nil {
		return out, fmt.Errorf("%s wants a whole number, not %q", r.Operator, r.Values[0])
	}
	out.Values = []string{strconv.FormatInt(n+by, 10)}
	return out, nil
}

// asStated returns a value that is to stand in a requirement of a pool, by its
// path in the Problem, as the NodePool's own operator has it. It goes with what
// requirement does to Gte and Lte.
func (r *Result) asStated(path, value string) string {
	m := poolValue.FindStringSubmatch(path)
	if m == nil {
		return value
	}
	pool, _ := strconv.Atoi(m[1])
	at, _ := strconv.Atoi(m[2])
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || pool >= len(r.pools) {
		return value
	}
	stated := r.pools[pool].value.(*karpenter.NodePool).Spec.Template.Spec.Requirements
	if at >= len(stated) {
		return value
	}
	switch stated[at].Operator {
	case "Gte":
		n++
	case "Lte":
		n--
	}
	return strconv.FormatInt(n, 10)
}

var poolValue = regexp.MustCompile(`^Pools\[(\d{1,9})\]\.requirements\[(\d{1,9})\]\.values\[0\]$`)

// limitsLeft returns what a pool may still add: its limits less what nodes of it
// that are there have.
func (s *shop) limitsLeft(v *karpenter.NodePool) corev1.ResourceList {
	limits := v.Spec.Limits.DeepCopy()
	if v.Spec.Replicas != nil {
		static := *resource.NewQuantity(*v.Spec.Replicas, resource.DecimalSI)
		if limits == nil {
			limits = corev1.ResourceList{}
		}
		if stated, ok := limits[nodes]; !ok || static.Cmp(stated) < 0 {
			limits[nodes] = static
		}
	}
	for _, e := range s.result.Problem.Existing {
		if e.Node.Labels[poolLabel] != v.Metadata.Name {
			continue
		}
		for name, left := range limits {
			used := e.Node.Status.Capacity[name]
			if name == nodes {
				used = *resource.NewQuantity(1, resource.DecimalSI)
			}
			if left.Sub(used); left.Sign() < 0 {
				left = *resource.NewQuantity(0, left.Format)
			}
			limits[name] = left
		}
	}
	return limits
}

// A shop makes pools, and the catalogs of node classes, each once.
type shop struct {
	*builder
	made  map[string]catalog.Catalog
	noted bool // the overlays are
}

// catalog returns what a NodePool with these labels may launch.
func (s *shop) catalog(o object, v *karpenter.NodePool, labels map[string]string) (catalog.Catalog, error) {
	class, id := NodeClass{}, ""
	ref := v.Spec.Template.Spec.NodeClassRef
	if ref != nil {
		class.Origin, id = Origin{Kind: ref.Kind, Name: ref.Name}, "class "+ref.Kind+" "+ref.Name
	}
	if i := slices.IndexFunc(s.classes, func(c object) bool {
		return ref != nil && c.origin.Name == ref.Name && (ref.Kind == "" || ref.Kind == c.origin.Kind)
	}); i >= 0 {
		class = nodeClass(s.classes[i])
	} else if ref != nil {
		s.notes.note(o, "spec.template.spec.nodeClassRef", fmt.Sprintf("%s %s is not there: its nodes are taken to be as they usually are", ref.Kind, ref.Name))
	}
	if k := v.Spec.Template.Spec.Kubelet; k != nil {
		class.Kubelet, id = kubelet(k), "pool "+v.Metadata.Name
		class.Origin = o.origin
	}
	c, err := s.of(id, class)
	if err != nil {
		return nil, err
	}
	return s.overlaid(c, labels)
}

// of returns the catalog of a class, which is known by id.
func (s *shop) of(id string, class NodeClass) (catalog.Catalog, error) {
	if c, ok := s.made[id]; ok || s.opts.Catalog == nil {
		return c, nil
	}
	c, err := s.opts.Catalog(class)
	if err != nil {
		return nil, &Error{Origin: class.Origin, Err: err}
	}
	s.made[id] = c
	return c, nil
}
