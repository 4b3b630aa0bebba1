package exchange

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

const (
	// maxExchanges bounds the exchanges on one node.
	maxExchanges = 20
	// looksPerTick is how many exchanges are looked at in one tick, about.
	looksPerTick = 4
)

// A Node is a launch that is being filled.
type Node struct {
	Filling *model.Filling
	Bin     int
	Counts  []model.Count // by class
}

// NewNode returns a node of a bin with these pods.
func NewNode(m *model.Model, bin int, counts []model.Count) Node {
	n := Node{model.NewFilling(m), bin, slices.Clone(counts)}
	n.Filling.Empty(bin)
	for _, k := range counts {
		n.Filling.Take(k.Class, k.N)
	}
	return n
}

// Put places pods pods of a class; below zero it takes them away.
func (n *Node) Put(class int, pods int64) {
	n.Filling.Take(class, pods)
	n.Counts = model.AddCount(n.Counts, class, pods)
}

// A Market is where nodes exchange pods.
type Market struct {
	Model *model.Model
	Value []int64 // per class, of one pod
	Left  []int64 // per class, pods that are to be had
	Meter *work.Meter

	// Takes reports whether a pod of class out may be left in exchange for one of
	// class in; nil: any may.
	Takes func(out, in int) bool
}

// None stands for no class.
const None = -1

// ByValue sorts classes by the value of their pods, the greatest first.
func (m *Market) ByValue(classes []int) {
	slices.SortFunc(classes, func(a, b int) int { return cmp.Or(-cmp.Compare(m.Value[a], m.Value[b]), cmp.Compare(a, b)) })
}

// Draw returns at most most of the classes, in random order. It brings
// them to the front.
func Draw(classes []int, most int, rng *rand.Rand) []int {
	n := min(most, len(classes))
	for k := range n {
		x := k + rng.IntN(len(classes)-k)
		classes[k], classes[x] = classes[x], classes[k]
	}
	return classes[:n]
}

// Improve exchanges pods of the node for those of the partners, classes sorted by
// value. done is told of each exchange; out is None where a pod just comes.
func (m *Market) Improve(n *Node, partners []int, done func(out, in int)) {
	for range maxExchanges {
		out, in := m.best(n, partners)
		if in == None {
			return
		}
		if out != None {
			n.Put(out, -1)
			m.Left[out]++
		}
		n.Put(in, 1)
		m.Left[in]--
		if done != nil {
			done(out, in)
		}
	}
}

// best returns the exchange that gains most; in is None where none gains anything.
func (m *Market) best(n *Node, partners []int) (out, in int) {
	out, in = None, None
	gain, looks := int64(0), 0
	admits := &m.Model.Bins[n.Bin].Admits
	look := func(leaves int, worth int64) {
		for _, c := range partners {
			looks++
			if m.Value[c]-worth <= gain {
				return // and no more for those after it
			}
			if c == leaves || m.Left[c] == 0 || !admits.Has(c) || n.Filling.Fit(c, 1) == 0 {
				continue
			}
			if leaves != None && m.Takes != nil && !m.Takes(leaves, c) {
				continue
			}
			gain, out, in = m.Value[c]-worth, leaves, c
			return
		}
	}
	look(None, 0)
	for _, k := range n.Counts {
		n.Filling.Take(k.Class, -1)
		look(k.Class, m.Value[k.Class])
		n.Filling.Take(k.Class, 1)
	}
	m.Meter.Spend(1 + looks/looksPerTick)
	return out, in
}
