package reading

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
)

// A Problem is a valid binpack.Problem, read.
type Problem struct {
	Given    *binpack.Problem
	Rules    *Rules
	Kinds    *Kinds
	Existing *Existing
	Supply   *Supply
}

// Of reads a valid problem. Its only error is that of ctx.
func Of(ctx context.Context, p *binpack.Problem) (*Problem, error) {
	storage := storageOf(p)
	rules := readRules(p)
	kinds, err := readKinds(ctx, p, rules, storage)
	if err != nil {
		return nil, err
	}
	out := &Problem{
		Given: p, Rules: rules, Kinds: kinds,
		Existing: readExisting(p, rules, storage),
		Supply:   readSupply(p, rules, kinds),
	}
	out.settleNodeSpreads()
	out.withholdSpreads()
	return out, nil
}

// Landscape returns all nodes that make domains to the rules of a kind: the existing
// ones, and what the rules of pools allow and limits leave at least one launch of.
func (p *Problem) Landscape(kind *Kind) []*NodeTemplate {
	out := slices.Clone(p.Existing.Nodes)
	for _, pool := range p.Supply.Pools {
		out = append(out, slices.DeleteFunc(slices.Clone(p.Supply.Templates(pool, kind)), func(t *NodeTemplate) bool { return !p.Supply.Open(t) })...)
	}
	return out
}
