package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/catalog"
	ec2catalog "github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	ec2pricing "github.com/stowage/stowage/pricing/ec2"
)

// usualRegion is the one of which nearly all prices are known.
const usualRegion = "us-east-1"

// A market is what can be bought for manifests, and where.
type market struct {
	region string
	zones  []string // nil: a, b and c of the region

	types, priced int // in the last catalog
	notes         []manifest.Note
	made          map[string]catalog.Catalog // by what decides them
}

// regionOf returns the region that the zones are in, if its prices are known, and
// otherwise the usual one.
func regionOf(zones []string) string {
	region := ""
	for _, zone := range zones {
		r := strings.TrimRight(zone, "abcdefgh")
		if region != "" && r != region {
			return usualRegion
		}
		region = r
	}
	if _, err := ec2pricing.OnDemand(region); err != nil {
		return usualRegion
	}
	return region
}

// catalog returns what nodes of a class may be launched as, at list prices. It is
// one and the same for classes that do not differ.
func (m *market) catalog(class manifest.NodeClass) (catalog.Catalog, error) {
	options := ec2catalog.Options{Region: m.region, Zones: m.zones}
	if err := m.configure(&options, class); err != nil {
		return nil, err
	}
	auto := class.Origin.Kind == "NodeClass"
	id := fmt.Sprintf("%t %+v", auto, options)
	if c, ok := m.made[id]; ok {
		return c, nil
	}
	all, err := options.Catalog()
	if err != nil {
		return nil, err
	}
	list, err := ec2pricing.OnDemand(m.region)
	if err != nil {
		return nil, err
	}
	priced, _ := pricing.Apply(all, list)
	m.types, m.priced = len(all), len(priced)
	if auto {
		priced = withAutoLabels(priced)
	}
	if m.made == nil {
		m.made = map[string]catalog.Catalog{}
	}
	m.made[id] = priced
	return priced, nil
}

// withAutoLabels returns a catalog with the labels of EKS Auto Mode, which has
// names of its own for Karpenter's.
//
// https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
func withAutoLabels(c catalog.Catalog) catalog.Catalog {
	out := make(catalog.Catalog, len(c))
	for i, t := range c {
		auto := *t
		auto.Labels = maps.Clone(t.Labels)
		for key, value := range t.Labels {
			if name, ok := strings.CutPrefix(key, "karpenter.k8s.aws/"); ok {
				auto.Labels["eks.amazonaws.com/"+name] = value
			}
		}
		auto.Labels["eks.amazonaws.com/compute-type"] = "auto"
		out[i] = &auto
	}
	return out
}

// configure sets in options what a node class states. What options cannot say
// yet is noted.
func (m *market) configure(options *ec2catalog.Options, class manifest.NodeClass) error {
	if size := class.EphemeralVolume(); size != nil {
		const gib = 1 << 30
		n := size.Value()
		if n <= 0 {
			return fmt.Errorf("a volume of %s", size)
		}
		options.RootVolumeGiB = int(min((n+gib-1)/gib, 1<<30))
	}
	k := class.Kubelet
	for _, field := range []struct {
		path   string
		stated bool
	}{
		{"spec.kubelet.maxPods", k.MaxPods != nil},
		{"spec.kubelet.podsPerCore", k.PodsPerCore != nil},
		{"spec.kubelet.systemReserved", k.SystemReserved != nil},
		{"spec.kubelet.kubeReserved", k.KubeReserved != nil},
		{"spec.kubelet.evictionHard", k.EvictionHard != nil},
		{"spec.kubelet.evictionSoft", k.EvictionSoft != nil},
		{"spec.instanceStorePolicy", class.InstanceStorePolicy != ""},
		{"spec.amiFamily", class.Origin.Kind == "EC2NodeClass" && class.AMIFamily != "" && class.AMIFamily != "AL2023" && class.AMIFamily != "AL2"},
	} {
		if field.stated {
			m.notes = append(m.notes, manifest.Note{Origin: class.Origin, Path: field.path, Why: "is not applied: capacity is that of AL2023's defaults"})
		}
	}
	return nil
}

// String says what the prices are.
func (m *market) String() string {
	text := fmt.Sprintf("%s, on-demand list prices", m.region)
	if m.priced < m.types {
		text += fmt.Sprintf(", known of %s instance types of %s", thousands(m.priced), thousands(m.types))
	}
	return text
}

func thousands(n int) string {
	text := strconv.Itoa(n)
	if len(text) > 3 {
		text = text[:len(text)-3] + "," + text[len(text)-3:]
	}
	return text
}

// unsold notes pools for which the catalog has nothing of the market that they
// want.
func unsold(r *manifest.Result) []manifest.Note {
	var notes []manifest.Note
	for i, pool := range r.Problem.Pools {
		all := pool.Catalog
		if all == nil {
			all = r.Problem.Catalog
		}
		for j, req := range pool.Requirements {
			if req.Key != catalog.CapacityTypeLabel {
				continue
			}
			if some, err := all.Select([]corev1.NodeSelectorRequirement{req}...); err == nil && len(some) == 0 && len(all) > 0 {
				in, path := r.Path(nil, fmt.Sprintf("Pools[%d].requirements[%d]", i, j))
				why := fmt.Sprintf("%s: no such prices are known, so nothing can be launched", cmp.Or(strings.Join(req.Values, ", "), string(req.Operator)))
				notes = append(notes, manifest.Note{Origin: in, Path: path, Why: why})
			}
		}
	}
	return notes
}

// charged returns a catalog in which each node costs so much more per hour.
//
// It goes into the solver's own charge for nodes, once there is one.
func charged(c catalog.Catalog, charge catalog.Price) (catalog.Catalog, error) {
	if c == nil || charge == 0 {
		return c, nil
	}
	out := make(catalog.Catalog, len(c))
	for i, t := range c {
		more := *t
		more.Offerings = append([]catalog.Offering{}, t.Offerings...)
		for j := range more.Offerings {
			if more.Offerings[j].Price += charge; more.Offerings[j].Price < 0 {
				return nil, errors.New("-node-charge: the sum is too large")
			}
		}
		out[i] = &more
	}
	return out, nil
}
