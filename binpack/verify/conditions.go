package verify

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
	"github.com/stowage/stowage/catalog"
)

// Conditions say which alternatives serve: a launch API that takes a list of them takes
// one pool, and often one zone, one market or one set of labels. The zero Conditions ask
// for no alternatives.
type Conditions struct {
	Most             int  // alternatives of a launch
	SamePool         bool // as the launch's own
	SameZone         bool
	SameCapacityType bool
	SameLabels       bool // as chosen for the launch: Launch.Labels

	// Least is, by label key, how many distinct values the nodes of launch and
	// alternatives must have together, as MinValues of a NodePool asks for. Alternatives
	// that bring such a value come beyond Most. Where there are too few values, there are
	// as many as there are.
	Least map[string]int
}

// Alternatives returns, for each launch of a plan, the alternatives that meet the
// conditions, as the function [Alternatives] has them.
func (c Conditions) Alternatives(ctx context.Context, p binpack.Problem, plan binpack.Plan) ([][]binpack.Alternative, error) {
	out, err := eachLaunch(ctx, p, plan, func(l *layout, g *nodeGroup, candidates []*reading.NodeTemplate) ([]binpack.Alternative, error) {
		return c.alternatives(ctx, l, g, candidates)
	})
	for i := range out { // alike launches share nothing
		out[i] = slices.Clone(out[i])
	}
	return out, err
}

// alike reports whether an alternative of the launch is one that the conditions allow.
func (c Conditions) alike(launch, t *reading.NodeTemplate) bool {
	return (!c.SamePool || t.Pool == launch.Pool) &&
		(!c.SameZone || t.Key.Zone == launch.Key.Zone) &&
		(!c.SameCapacityType || t.Key.CapacityType == launch.Key.CapacityType)
}

// labelled returns the candidate, or where labels must be the same, its offering with the
// launch's; nil: there is none that can be launched.
func (c Conditions) labelled(l *layout, launch, t *reading.NodeTemplate) *reading.NodeTemplate {
	if !c.SameLabels {
		return t
	}
	labels, ok := t.LabelsLike(launch)
	if !ok {
		return nil
	}
	t = l.problem.Supply.Find(&binpack.Launch{Pool: t.Pool.Spec.Name, Offering: t.Key, Labels: labels})
	if t == nil || t.Barred != "" {
		return nil
	}
	return t
}

// A shortage is the values that are still to come, by key.
type shortage struct {
	least map[string]int
	have  map[string]map[string]bool
}

// shortOf returns what a launch without alternatives is short of.
func (c Conditions) shortOf(launch *reading.NodeTemplate) shortage {
	s := shortage{c.Least, map[string]map[string]bool{}}
	for key := range c.Least {
		s.have[key] = map[string]bool{}
	}
	s.take(launch)
	return s
}

func (s shortage) done() bool {
	for key, least := range s.least {
		if len(s.have[key]) < least {
			return false
		}
	}
	return true
}

// wants reports whether a node has a value that is still to come.
func (s shortage) wants(t *reading.NodeTemplate) bool {
	for key, least := range s.least {
		value, is := t.Node.Labels[catalog.CurrentKey(key)]
		if is && len(s.have[key]) < least && !s.have[key][value] {
			return true
		}
	}
	return false
}

func (s shortage) take(t *reading.NodeTemplate) {
	for key := range s.least {
		if value, is := t.Node.Labels[catalog.CurrentKey(key)]; is {
			s.have[key][value] = true
		}
	}
}
