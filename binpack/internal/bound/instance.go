package bound

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/cover"
	"github.com/stowage/stowage/binpack/internal/dominance"
	"github.com/stowage/stowage/binpack/internal/fill"
	"github.com/stowage/stowage/binpack/internal/spread"
)

// Unlimited is a capacity or a limit that does not bind.
const Unlimited = cover.Unlimited

// maxTotalValue bounds the value of all pods together, so that no sum overflows.
const maxTotalValue = 1 << 62

// An Instance is what a bound is computed of. All numbers are at least zero.
// Resources are numbered alike everywhere; in which order and unit does not
// matter.
type Instance struct {
	Kinds       []Kind
	Nodes       []Node
	Caps        []int64      // limits that launches share
	Left        []int64      // pods of each level that may be left, besides those that fit on no node; missing: none
	Precedences []Precedence // pools that come before others as long as their limits allow
	Spreads     []Spread     // pods that are spread over domains
	Aparts      []Apart      // spreads that keep away from each other

	Counted []int           // caps that the Floors of a Branch are about
	aparts  []spread.Proven // of a prepared instance
	memo    fill.Memo       // shared by all branches; nil: there are none
}

// A Kind is alike pods.
type Kind struct {
	Count    int64
	Values   []int64 // of one pod, by each cut
	Requests []int64 // of one pod, per resource
	Level    int     // of priority, 0 the highest
	PerNode  int64   // most pods on one node; 0: any number
	Spread   int     // where the kind is the pods of one domain, the number of the Spread, from 1 on; 0: it is not
	Domain   int     // of that spread; Count is the most pods in the domain
	Number   int     // by which others tell it
	Excludes []int   // numbers of kinds that no node holds beside it; they exclude it too

	value int64 // by the cut that is looked at
	from  int   // in a prepared instance, the number of the kind as given
}

// most returns the most pods that one node may hold, if it has room.
func (k *Kind) most() int64 {
	if k.PerNode == 0 {
		return k.Count
	}
	return min(k.Count, k.PerNode)
}

// pods returns how many there are.
func (in *Instance) pods() int64 {
	sum := int64(0)
	for _, k := range in.Kinds {
		sum = arith.Add(sum, k.Count)
	}
	return sum
}

// A Node is alike nodes that can be launched.
type Node struct {
	Price    int64
	Capacity []int64 // per resource; Unlimited: any amount
	Admits   []bool  // per kind
	Limit    int64   // most launches; Unlimited: any number
	Uses     []Use   // what one launch takes of the caps
	Rank     int64   // of its pool: later than those of lower rank

	gains     []int64 // what a launch takes of the caps counted
	from      int     // in a prepared instance, the number of the node as given
	selective bool    // in a prepared instance: it refuses pods that it has room for
}

// A Spread is pods that a rule spreads over domains. In each domain they are a kind of their
// own, so that values may differ from domain to domain.
type Spread = spread.Spread

// A Use is what one launch takes of one cap.
type Use = dominance.Use

// ErrOverflow says that the pods' values are too large to be summed: together
// they must stay below 2^62.
var ErrOverflow = errors.New("bound: values overflow")

// check returns what is wrong with the instance.
func (in *Instance) check() error {
	total := int64(0)
	for k, kind := range in.Kinds {
		if kind.Count < 0 || kind.value < 0 || kind.PerNode < 0 || kind.Level < 0 || anyNegative(kind.Requests) {
			return fmt.Errorf("bound: Kinds[%d] has a negative number", k)
		}
		if len(kind.Requests) != len(in.Kinds[0].Requests) {
			return fmt.Errorf("bound: Kinds[%d] has %d requests, Kinds[0] has %d", k, len(kind.Requests), len(in.Kinds[0].Requests))
		}
		hi, worth := bits.Mul64(uint64(kind.Count), uint64(kind.value))
		if hi != 0 || worth >= maxTotalValue || total+int64(worth) >= maxTotalValue {
			return ErrOverflow
		}
		total += int64(worth)
	}
	if anyNegative(in.Caps) || anyNegative(in.Left) {
		return errors.New("bound: negative Caps or Left")
	}
	for i, s := range in.Spreads {
		if s.Count < 0 || s.Skew < 0 || len(s.Before) == 0 || anyNegative(s.Before) {
			return fmt.Errorf("bound: Spreads[%d] has a negative number or no domain", i)
		}
	}
	for k, kind := range in.Kinds {
		if kind.Spread < 0 || kind.Spread > len(in.Spreads) || kind.Spread > 0 && (kind.Domain < 0 || kind.Domain >= len(in.Spreads[kind.Spread-1].Before)) {
			return fmt.Errorf("bound: Kinds[%d] is in no domain of its spread", k)
		}
	}
	for b := range in.Nodes {
		if err := in.checkNode(b); err != nil {
			return err
		}
	}
	return spread.CheckAparts(in.Aparts, in.Spreads)
}

func (in *Instance) checkNode(b int) error {
	node := &in.Nodes[b]
	if node.Price < 0 || node.Limit < 0 || anyNegative(node.Capacity) {
		return fmt.Errorf("bound: Nodes[%d] has a negative number", b)
	}
	if len(node.Admits) != len(in.Kinds) || len(in.Kinds) > 0 && len(node.Capacity) != len(in.Kinds[0].Requests) {
		return fmt.Errorf("bound: Nodes[%d] has %d capacities and admits %d kinds", b, len(node.Capacity), len(node.Admits))
	}
	for _, u := range node.Uses {
		if u.Cap < 0 || u.Cap >= len(in.Caps) || u.Amount < 0 {
			return fmt.Errorf("bound: Nodes[%d] uses %d of cap %d", b, u.Amount, u.Cap)
		}
	}
	return nil
}

func anyNegative(xs []int64) bool {
	return slices.ContainsFunc(xs, func(x int64) bool { return x < 0 })
}
