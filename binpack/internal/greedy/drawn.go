package greedy

import (
	"github.com/stowage/stowage/binpack/internal/exchange"
	"github.com/stowage/stowage/binpack/internal/model"
)

const (
	// draws is the number of classes that are drawn for each pod. With more, the
	// first nodes would take what suits them best, and the last ones what is left.
	draws = 6
	// maxPartners bounds the classes that pods of a node are exchanged for.
	maxPartners = 128
)

// fillDrawn takes a few pods after the others, each time of that of some classes,
// drawn at random, whose parts point most in the direction of the room that is
// left. Then pods are exchanged for others as long as that makes the node worth
// more.
func (p *Packer) fillDrawn(i int, remaining, value []int64) []model.Count {
	node := exchange.NewNode(p.m, p.bins[i], nil)
	p.drawing.left = append(p.drawing.left[:0], remaining...)
	p.drawing.open = append(p.drawing.open[:0], p.live...)
	room := make([]float64, p.m.Resources)
	for len(p.drawing.open) > 0 {
		p.emphasise(&node, room)
		if c, fits := p.draw(i, &node, room); fits > 0 {
			some := max(1, fits/suitedDivisor)
			node.Put(c, some)
			p.drawing.left[c] -= some
		}
	}
	market := exchange.Market{Model: p.m, Value: value, Left: p.drawing.left, Meter: p.meter}
	p.drawing.open = append(p.drawing.open[:0], p.live...)
	partners := exchange.Draw(p.drawing.open, maxPartners, p.drawing.rng)
	market.ByValue(partners)
	market.Improve(&node, partners, nil)
	return node.Counts
}

// emphasise sets room to the fourth power of what part of each resource is left,
// so that what runs out first counts little: few classes are looked at.
func (p *Packer) emphasise(node *exchange.Node, room []float64) {
	for r, capacity := range p.m.Bins[node.Bin].Capacity {
		room[r] = 1
		if capacity != model.Unlimited && capacity > 0 {
			room[r] = float64(node.Filling.Room[r]) / float64(capacity)
			room[r] *= room[r]
			room[r] *= room[r]
		}
	}
}

// draw returns one of some open classes, and how many of its pods the node holds; 0
// where none of them fits. A class that does not fit is open no longer.
func (p *Packer) draw(i int, node *exchange.Node, room []float64) (best int, most int64) {
	p.meter.Spend(draws)
	aligned := -1.0
	for range draws {
		if len(p.drawing.open) == 0 {
			break
		}
		k := p.drawing.rng.IntN(len(p.drawing.open))
		c := p.drawing.open[k]
		fits := int64(0)
		if p.m.Bins[node.Bin].Admits.Has(c) {
			fits = node.Filling.Fit(c, p.drawing.left[c])
		}
		if fits == 0 {
			last := len(p.drawing.open) - 1
			p.drawing.open[k] = p.drawing.open[last]
			p.drawing.open = p.drawing.open[:last]
			continue
		}
		score := 0.0
		for r, part := range p.partsOf(i, c) {
			score += float64(part * room[r])
		}
		if score > aligned {
			aligned, best, most = score, c, fits
		}
	}
	return best, most
}
