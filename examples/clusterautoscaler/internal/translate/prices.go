package translate

import (
	"errors"
	"fmt"
	"math/big"
	"path"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/pricing/ec2"
)

// Prices says what a node of a group costs. The first that knows counts: the entries, in
// their order, then the on-demand list of the region. It may be asked by several at once.
type Prices struct {
	Entries   []PriceEntry
	Region    string // of templates without the label; "": they have no list price
	SpotShare string // what Spot costs of the list price, like "0.35"; "": not known

	mu    sync.Mutex
	lists map[string]*ec2.List
}

// A PriceEntry is the price of the groups that it selects.
type PriceEntry struct {
	Group  string            `json:"group"`  // id of the group, with * as in path.Match; "": any
	Labels map[string]string `json:"labels"` // of the template
	Price  string            `json:"price"`  // USD per hour
}

// Labels that say how a node is bought, and their values for Spot.
var spotLabels = map[string]string{
	"karpenter.sh/capacity-type":     "spot",
	"eks.amazonaws.com/capacityType": "SPOT",
	"node.kubernetes.io/lifecycle":   "spot",
	"lifecycle":                      "Ec2Spot",
	"alpha.eksctl.io/spot":           "true",
}

// Check returns what is wrong with the entries.
func (p *Prices) Check() error {
	var errs []error
	for i, e := range p.Entries {
		if _, err := catalog.ParsePrice(e.Price); err != nil {
			errs = append(errs, fmt.Errorf("prices[%d].price: %w", i, err))
		}
		if _, err := path.Match(e.Group, ""); err != nil {
			errs = append(errs, fmt.Errorf("prices[%d].group: %q: %w", i, e.Group, err))
		}
		if e.Group == "" && len(e.Labels) == 0 {
			errs = append(errs, fmt.Errorf("prices[%d]: selects by neither group nor labels", i))
		}
	}
	if p.Region != "" {
		if _, err := ec2.OnDemand(p.Region); err != nil {
			errs = append(errs, fmt.Errorf("region: %w", err))
		}
	}
	if r, ok := new(big.Rat).SetString(p.SpotShare); p.SpotShare != "" && (!ok || r.Sign() <= 0) {
		errs = append(errs, fmt.Errorf("spotShare: %q: is not a number above 0", p.SpotShare))
	}
	return errors.Join(errs...)
}

// Of returns the price of a node of a group, per hour. An error says why there is none.
func (p *Prices) Of(id string, node *corev1.Node) (catalog.Price, error) {
	for _, e := range p.Entries {
		if e.selects(id, node) {
			return catalog.ParsePrice(e.Price)
		}
	}
	machine := first(node.Labels, corev1.LabelInstanceTypeStable, corev1.LabelInstanceType)
	if machine == "" {
		return 0, fmt.Errorf("no entry selects it, and its template has no label %s", corev1.LabelInstanceTypeStable)
	}
	region := first(node.Labels, corev1.LabelTopologyRegion, corev1.LabelFailureDomainBetaRegion)
	if region == "" {
		region = p.Region
	}
	list, err := p.list(region)
	if err != nil {
		return 0, fmt.Errorf("no entry selects it, and for %s: %w", machine, err)
	}
	price, ok := list.Prices[machine]
	if !ok {
		return 0, fmt.Errorf("no entry selects it, and the list of %s has no %s", region, machine)
	}
	if !isSpot(node) {
		return price, nil
	}
	if p.SpotShare == "" {
		return 0, errors.New("no entry selects it, and spotShare does not say what Spot costs")
	}
	share, _ := new(big.Rat).SetString(p.SpotShare)
	share.Mul(share, new(big.Rat).SetInt64(int64(price)))
	whole := new(big.Int).Quo(share.Num(), share.Denom())
	if !whole.IsInt64() {
		return 0, fmt.Errorf("spotShare %s: the price is too large", p.SpotShare)
	}
	return catalog.Price(whole.Int64()), nil
}

func (e *PriceEntry) selects(id string, node *corev1.Node) bool {
	if ok, err := path.Match(e.Group, id); e.Group != "" && e.Group != id && (err != nil || !ok) {
		return false
	}
	for k, v := range e.Labels {
		if node.Labels[k] != v {
			return false
		}
	}
	return true
}

func (p *Prices) list(region string) (*ec2.List, error) {
	if region == "" {
		return nil, errors.New("its template has no region, and none is configured")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if l, ok := p.lists[region]; ok {
		return l, nil
	}
	l, err := ec2.OnDemand(region)
	if err != nil {
		return nil, err
	}
	if p.lists == nil {
		p.lists = make(map[string]*ec2.List)
	}
	p.lists[region] = l
	return l, nil
}

func isSpot(node *corev1.Node) bool {
	for key, value := range spotLabels {
		if strings.EqualFold(node.Labels[key], value) {
			return true
		}
	}
	return false
}

func first(labels map[string]string, keys ...string) string {
	for _, k := range keys {
		if v := labels[k]; v != "" {
			return v
		}
	}
	return ""
}
