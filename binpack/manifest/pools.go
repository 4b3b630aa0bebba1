package manifest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
	"github.com/stowage/stowage/catalog"
)

const (
	poolLabel        = "karpenter.sh/nodepool"
	registeredLabel  = "karpenter.sh/registered"
	initializedLabel = "karpenter.sh/initialized"
	nodes            = corev1.ResourceName("nodes")
)

// readPools adds the pools, and what each may launch. Without pools, anything of
// the catalog may be launched.
// Karpenter's nodes have its labels once they are initialized.
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
		p.NodeLabels = map[string]string{registeredLabel: "true", initializedLabel: "true"}
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
		Taints: t.Spec.Taints, StartupTaints: t.Spec.StartupTaints, Limits: limits(v), MinValuesPolicy: s.opts.MinValuesPolicy,
	}
	pool.Used = s.used(pool.Name, pool.Limits)
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
		req := corev1.NodeSelectorRequirement{Key: r.Key, Operator: r.Operator, Values: r.Values}
		if !s.filledIn(o, path, &req) { // what every node of the pool meets keeps the places of the others
			req = corev1.NodeSelectorRequirement{Key: poolLabel, Operator: corev1.NodeSelectorOpExists}
		}
		var invalid *catalog.InvalidError
		if errors.As(catalog.CheckRequirements(req), &invalid) {
			s.fault(o, path, "%w", invalid.Err)
			continue
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

// limits returns what the nodes of a pool may have together; of a static pool its number
// of nodes too.
func limits(v *karpenter.NodePool) corev1.ResourceList {
	out := v.Spec.Limits
	if v.Spec.Replicas == nil {
		return out
	}
	static := *resource.NewQuantity(*v.Spec.Replicas, resource.DecimalSI)
	if stated, ok := out[nodes]; !ok || static.Cmp(stated) < 0 {
		out = out.DeepCopy()
		if out == nil {
			out = corev1.ResourceList{}
		}
		out[nodes] = static
	}
	return out
}

// used returns what of a pool's limits its nodes that are there or on their way have;
// nil: it has none.
func (b *builder) used(pool string, limits corev1.ResourceList) corev1.ResourceList {
	var used corev1.ResourceList
	for _, e := range b.result.Problem.Existing {
		if e.Node.Labels[poolLabel] != pool {
			continue
		}
		if used == nil {
			used = corev1.ResourceList{}
		}
		for name := range limits {
			has := e.Node.Status.Capacity[name]
			if name == nodes {
				has = *resource.NewQuantity(1, resource.DecimalSI)
			}
			sum := used[name]
			sum.Add(has)
			used[name] = sum
		}
	}
	return used
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
