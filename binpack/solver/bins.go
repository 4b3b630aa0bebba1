package solver

import (
	"encoding/binary"
	"fmt"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/model"
)

// compileBins merges offers that nothing tells apart. Which is launched, and
// the order of the bins, is by name. Nodes that are up and alike are one bin,
// capped at their number.
func (c *compiled) compileBins(capacities [][]int64, uses [][]model.Use, groups []podGroup) {
	c.binOf = make([]int, len(c.supply.offers))
	index := map[string]int{}
	stages, n := stagesOf(c.supply.pools)
	c.model.Stages = n
	var key []byte
	for i := range c.supply.offers {
		o := &c.supply.offers[i]
		c.binOf[i] = -1
		if o.limit == 0 {
			continue
		}
		there := c.there(o, groups)
		key = c.appendBin(key[:0], i, capacities[i], uses[i], there)
		b, ok := index[string(key)]
		if !ok {
			b = len(c.model.Bins)
			index[string(key)] = b
			c.offersIn = append(c.offersIn, nil)
			bin := model.Bin{Price: o.price(), Capacity: capacities[i], Uses: uses[i], There: there}
			if o.node == nil {
				bin.Stage = stages[o.pool]
			}
			c.model.Bins = append(c.model.Bins, bin)
		}
		c.binOf[i] = b
		c.offersIn[b] = append(c.offersIn[b], i)
	}
	for b, offers := range c.offersIn {
		if c.supply.offers[offers[0]].node != nil {
			k := c.newCap(capName{reason: binpack.NoAvailableOffering}, int64(len(offers)))
			c.model.Bins[b].Uses = []model.Use{{Cap: k, Amount: 1}}
		}
	}
}

// appendBin appends all that tells bins apart.
func (c *compiled) appendBin(key []byte, i int, capacity []int64, uses []model.Use, there []model.There) []byte {
	o := &c.supply.offers[i]
	v := &c.supply.views[o.view]
	key = binary.AppendVarint(binary.AppendVarint(key, int64(o.pool)), o.price())
	for _, n := range capacity {
		key = binary.AppendVarint(key, n)
	}
	for _, u := range uses {
		key = binary.AppendVarint(binary.AppendVarint(key, int64(u.Cap)), u.Amount)
	}
	for _, t := range there {
		key = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(key, int64(t.Group)), t.Owners), t.Members)
	}
	for _, a := range v.admits {
		key = binary.AppendVarint(key, int64(a))
	}
	for _, d := range v.daemons {
		key = binary.AppendVarint(key, int64(d))
	}
	for _, i := range o.among {
		key = binary.AppendVarint(key, int64(c.supply.offers[i].view))
	}
	for _, k := range c.topology {
		key = append(append(key, v.Labels[k]...), 0)
	}
	for r := range c.kindRules {
		key = binary.AppendVarint(key, int64(c.kindRules[r].Domain[i]))
	}
	if o.node != nil {
		key = fmt.Append(key, o.node.ports)
	}
	return key
}

// closeFull takes classes off bins that hold none of them beside what is there.
func (c *compiled) closeFull() {
	for b := range c.model.Bins {
		bin := &c.model.Bins[b]
		for class := range bin.Admits {
			if len(bin.There) > 0 && bin.Admits[class] && c.model.Classes[class].Count > 0 {
				bin.Admits[class] = c.model.MostOf(class, b) > 0
			}
		}
	}
}
