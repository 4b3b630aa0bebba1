package translate

import (
	"fmt"
	"slices"

	"github.com/awslabs/operatorpkg/status"
	corev1 "k8s.io/api/core/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	requirements "sigs.k8s.io/karpenter/pkg/scheduling"
	"sigs.k8s.io/karpenter/pkg/utils/nodepool"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A pool is a NodePool as a Pool, and the way back.
type pool struct {
	binpack.Pool
	of       *v1.NodePool
	template *scheduling.NodeClaimTemplate
	entries  map[string]*entry // by the name in the catalog
}

// launches reports whether the pool launches nodes for pods now.
func launches(in Pool, lost *losses) bool {
	np := in.NodePool
	switch {
	case nodepool.IsStatic(np):
		lost.say("NodePool", np.Name, "spec.replicas: a static pool launches nothing for pods")
		return false
	case !np.DeletionTimestamp.IsZero() || len(in.Types) == 0:
		return false
	}
	return np.StatusConditions().IsTrue(status.ConditionReady)
}

func newPool(in Pool, bestEffort bool, lost *losses) *pool {
	np := in.NodePool
	p := &pool{of: np, template: scheduling.NewNodeClaimTemplate(np), entries: map[string]*entry{}}
	p.Name = np.Name
	p.Labels = map[string]string{}
	for key, value := range p.template.Labels {
		p.Labels[catalog.CurrentKey(key)] = value
	}
	p.Taints, p.StartupTaints = np.Spec.Template.Spec.Taints, np.Spec.Template.Spec.StartupTaints
	p.Limits, p.Used = corev1.ResourceList(np.Spec.Limits), in.Used
	if p.Limits != nil && p.Used == nil {
		p.Used = corev1.ResourceList{}
	}
	if np.Spec.Weight != nil {
		p.Weight = *np.Spec.Weight
	}
	for key, r := range p.template.Requirements {
		if r.MinValues != nil {
			if p.MinValues == nil {
				p.MinValues = map[string]int{}
			}
			p.MinValues[key] = *r.MinValues
		}
	}
	if bestEffort {
		p.MinValuesPolicy = binpack.BestEffort
	}
	p.catalog(in.Types, lost)
	return p
}

// requires returns what the pool requires of a key; nil: nothing.
func (p *pool) requires(key string) *requirements.Requirement {
	if !p.template.Requirements.Has(key) {
		return nil
	}
	return p.template.Requirements.Get(key)
}

// openKeys states the keys of which each node of the pool takes a value, as nobody else
// says which: those that the pool requires and that neither its labels nor types and
// offerings have. What it requires of all other keys has chosen among these already.
func (p *pool) openKeys(carried map[string]bool, lost *losses) {
	for _, r := range p.of.Spec.Template.Spec.Requirements {
		key := catalog.CurrentKey(r.Key)
		_, labelled := p.Labels[key]
		decided := key == corev1.LabelInstanceTypeStable || key == corev1.LabelTopologyZone || key == v1.CapacityTypeLabelKey || key == corev1.LabelHostname
		if labelled || decided || p.stated(key) || r.Operator == corev1.NodeSelectorOpDoesNotExist {
			continue
		}
		all := p.requires(key)
		if carried[key] {
			p.foreignKey(key, all, lost)
			continue
		}
		if all.Operator() == corev1.NodeSelectorOpDoesNotExist {
			continue // its requirements contradict each other
		}
		if p.Keys == nil {
			p.Keys = map[string][]string{}
		}
		p.Keys[key] = nil
		p.Requirements = append(p.Requirements, corev1.NodeSelectorRequirement{Key: key, Operator: r.Operator, Values: slices.Clone(r.Values)})
	}
}

// foreignKey takes in what the pool requires of a key that types of other pools have and
// its own have not.
func (p *pool) foreignKey(key string, r *requirements.Requirement, lost *losses) {
	if r.Operator() == corev1.NodeSelectorOpIn && r.Len() == 1 {
		p.Labels[key] = r.Values()[0]
		return
	}
	lost.say("NodePool", p.Name, fmt.Sprintf("requirement on %s: types of other pools have the label and those of this one do not; no value is chosen", key))
}

// stated reports whether a type or an offering of the pool has the key.
func (p *pool) stated(key string) bool {
	for _, it := range p.Catalog {
		if _, ok := it.Labels[key]; ok {
			return true
		}
		for i := range it.Offerings {
			if _, ok := it.Offerings[i].Labels[key]; ok {
				return true
			}
		}
	}
	return false
}

// reservations returns a quota for each capacity reservation that several entries or pools
// draw on.
func (t *Translation) reservations() []binpack.Quota {
	left, entries := map[string]int{}, map[string]int{}
	var order []string
	for _, q := range t.Problem.Pools {
		for _, it := range q.Catalog {
			for _, o := range it.Offerings {
				if id := o.ReservationID; id != "" {
					if entries[id]++; entries[id] == 1 {
						order = append(order, id)
						left[id] = o.Limit
					}
					left[id] = max(left[id], o.Limit)
				}
			}
		}
	}
	var out []binpack.Quota
	for _, id := range order {
		if entries[id] > 1 {
			out = append(out, binpack.Quota{
				Name:         "reservation " + id,
				Requirements: []corev1.NodeSelectorRequirement{{Key: cloudprovider.ReservationIDLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{id}}},
				Left:         corev1.ResourceList{"nodes": quantity(left[id])},
			})
		}
	}
	return out
}
