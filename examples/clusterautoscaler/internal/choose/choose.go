package choose

import (
	"context"
	"errors"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// DefaultWork is the work limit of the whole plan, in ticks of the solver.
const DefaultWork = 8_000_000

// DefaultSteps is the limit of the look-ahead in steps: kinds of pods in estimates.
const DefaultSteps = 4_000_000

// A Chooser holds settings. The zero value is ready and bounded in work, so that the same
// question gets the same answer, unless the context cuts it.
type Chooser struct {
	Work  int64 // most ticks for the whole plan; 0: DefaultWork
	Steps int64 // most steps of the look-ahead; 0: DefaultSteps
	Width int   // states that are kept after each round; 0: 48
}

// A Row is what is known of one option.
type Row struct {
	Option estimate.Growth
	Value  catalog.Price // of its pods, per hour
	Total  catalog.Price // of all rounds that begin with it; 0: not followed to the end
	Left   int           // pods that stay pending then
}

// A Baseline is what a policy would have chosen.
type Baseline struct {
	Name   string
	Option int           // index of the option
	Total  catalog.Price // of all rounds by the policy
	Left   int
}

// A Decision is an answer, and why.
type Decision struct {
	Option    int // index of the option
	Rows      []Row
	Baselines []Baseline
	Plan      binpack.Plan // without launches where there was no time
	Total     catalog.Price
	Left      int
	Path      []string // groups of all rounds, in order
	Why       string   // what found the sequence
	Cut       bool     // the context ended the look-ahead
}

// ErrNoOption says that there is nothing to choose from.
var ErrNoOption = errors.New("no option has nodes and pods")

// choose picks one of the options of model m, which are what Cluster Autoscaler says of
// groups of m. Start is the state before the round, hint the groups of an earlier
// sequence that are left; nil: none. When ctx ends it answers with what it has.
func (c *Chooser) choose(ctx context.Context, m *estimate.Model, start *estimate.State, options []estimate.Growth, hint []string) (Decision, *look, error) {
	class := m.Classes(options)
	if !slices.ContainsFunc(options, grows) {
		return Decision{}, nil, ErrNoOption
	}
	groups := future(m, start, options, class)
	plan, err := c.plan(ctx, m, groups)
	if err != nil {
		return Decision{}, nil, err
	}
	l := newLook(ctx, c, m, start, options, class, groups, values(m, plan, options))
	l.baselines()
	l.follow(hint)
	l.beam()
	return l.decision(plan), l, nil
}

func grows(o estimate.Growth) bool { return o.Count > 0 && o.Nodes > 0 }

// future returns the groups that later rounds may grow, one of each class: those of the
// options and, where a rule between pods can open them later, those that hold no pod yet.
// A group that would hold one, and is no option, is at its limit or not healthy.
func future(m *estimate.Model, start *estimate.State, options []estimate.Growth, class []int) []int {
	var groups []int
	is := make(map[int]bool)
	for i := range options {
		is[options[i].Group] = true
		if class[i] == i && grows(options[i]) {
			groups = append(groups, options[i].Group)
		}
	}
	if m.Local() {
		return groups
	}
	var later []estimate.Growth
	for g := range m.Groups {
		if is[g] {
			continue
		}
		if o := m.Grow(start.Clone(), g); o.Nodes == 0 {
			later = append(later, o)
		}
	}
	for i, first := range m.Classes(later) {
		if i == first {
			groups = append(groups, later[i].Group)
		}
	}
	return groups
}
