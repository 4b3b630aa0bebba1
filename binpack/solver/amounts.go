package solver

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// amounts returns what each kind requests and what each offer holds, resource
// by resource, in the units of the model.
func (c *compiled) amounts() (requests, capacities [][]int64, err error) {
	names := map[corev1.ResourceName]bool{}
	for i := range c.kinds {
		for name, q := range c.kinds[i].requests {
			if c.kinds[i].blocked == nil && q.Sign() > 0 {
				names[name] = true
			}
		}
	}
	c.resources = slices.Sorted(maps.Keys(names))
	c.model.Resources = len(c.resources)
	requests = table(len(c.kinds), len(c.resources))
	capacities = table(len(c.supply.offers), len(c.resources))
	for r, name := range c.resources {
		asked := make([]*big.Int, len(c.kinds))
		for i := range c.kinds {
			asked[i] = new(big.Int)
			if c.kinds[i].blocked == nil {
				asked[i] = quantity.Nano(c.kinds[i].requests[name])
			}
		}
		s := quantity.ScaleOf(asked)
		var sum big.Int
		for i := range c.kinds {
			requests[i][r] = s.Down(asked[i])
			sum.Add(&sum, new(big.Int).Mul(big.NewInt(requests[i][r]), big.NewInt(c.kinds[i].count)))
		}
		if sum.Cmp(big.NewInt(quantity.MaxSum)) > 0 {
			return nil, nil, &binpack.InvalidError{Path: "Pods", Err: fmt.Errorf("the requests of %s are too large or too fine to be summed in 64 bits", name)}
		}
		c.capacities(capacities, r, s)
	}
	return requests, capacities, nil
}

// capacities fills in what the daemons leave of resource r on each offer.
func (c *compiled) capacities(out [][]int64, r int, s quantity.Scale) {
	type node struct {
		itype *catalog.InstanceType
		view  int
	}
	name := c.resources[r]
	known := map[node]int64{}
	for i := range c.supply.offers {
		o := &c.supply.offers[i]
		if o.node != nil {
			out[i][r] = model.Unlimited
			if q, limited := allocatable(o, name); limited {
				out[i][r] = max(0, s.Down(q))
			}
			continue
		}
		n := node{o.itype, o.view}
		room, ok := known[n]
		if _, own := o.offering.Allocatable[name]; own || !ok {
			room = model.Unlimited
			if q, limited := allocatable(o, name); limited {
				room = max(0, s.Down(q.Sub(q, c.daemonsTake(o.view, name))))
			}
			if !own {
				known[n] = room
			}
		}
		out[i][r] = room
	}
}

// allocatable returns what a node of the offer has of a resource, in
// billionths, less what pods there take, and whether that is a limit: who states
// no "pods" does not limit their number, nor that of attached volumes; of other
// resources there are none.
func allocatable(o *offer, name corev1.ResourceName) (amount *big.Int, limited bool) {
	counted := name != corev1.ResourcePods && !strings.HasPrefix(string(name), kube.AttachPrefix)
	if o.node != nil {
		room, ok := o.node.room[name]
		if !ok {
			room = new(big.Int)
		}
		return new(big.Int).Set(room), ok || counted
	}
	if q, ok := o.offering.Allocatable[name]; ok {
		return quantity.Nano(q), true
	}
	q, ok := o.itype.Capacity[name]
	amount = quantity.Nano(q)
	if over, ok := o.itype.Overhead[name]; ok {
		amount.Sub(amount, quantity.Nano(over))
	}
	if amount.Sign() < 0 {
		amount.SetInt64(0)
	}
	return amount, ok || counted
}

func table(rows, columns int) [][]int64 {
	cells := make([]int64, rows*columns)
	out := make([][]int64, rows)
	for i := range out {
		out[i] = cells[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return out
}
