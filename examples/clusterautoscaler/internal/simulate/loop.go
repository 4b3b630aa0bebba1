package simulate

import (
	"context"
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// An Expander chooses one of the options of a round, by index; groups are those of m.
type Expander func(ctx context.Context, m *estimate.Model, options []estimate.Growth) (int, error)

// Of returns a policy as an Expander.
func Of(p choose.Policy) Expander {
	return func(_ context.Context, m *estimate.Model, options []estimate.Growth) (int, error) {
		return p(m, m.Start(), options), nil
	}
}

// A Loop holds settings of Cluster Autoscaler.
type Loop struct {
	Balance bool // --balance-similar-node-groups
	Salvo   bool // --salvo-scale-up: several groups before pods settle
	Round   int  // --max-nodes-per-scaleup; 0: no limit
}

// A Result is what all rounds together did.
type Result struct {
	Cost   catalog.Price
	Left   int // pods that no group holds
	Nodes  int
	Rounds int
	Plan   binpack.Plan // for verify.Plan; without bound
}

// Run lets an expander choose until no group holds a pending pod.
func (l Loop) Run(ctx context.Context, w *World, e Expander) (Result, error) {
	kinds, _ := estimate.Kinds(w.Pods)
	m, err := estimate.New(estimate.Setting{Kinds: kinds, Groups: w.Groups, Daemons: w.Problem.DaemonPods, Limits: w.Limits, Balance: l.Balance, Round: l.Round})
	if err != nil {
		return Result{}, err
	}
	s := m.Start()
	rounds := 0
	for ; s.Pending() > 0; rounds++ {
		if !l.Salvo {
			m.Settle(s)
		}
		options := m.Options(s)
		if len(options) == 0 {
			m.Settle(s)
			if options = m.Options(s); len(options) == 0 {
				break
			}
		}
		asked, back, err := pending(m, s, options)
		if err != nil {
			return Result{}, err
		}
		i, err := e(ctx, asked, back)
		if err != nil || i < 0 || i >= len(options) {
			return Result{}, fmt.Errorf("round %d: choice %d: %w", rounds, i, err)
		}
		m.Step(s, options[i].Group)
	}
	m.Settle(s)
	return w.result(m, s, rounds), nil
}

// pending returns what an expander is told: a model of what is pending alone, without
// limits and nodes that are there, and the options in its kinds.
func pending(m *estimate.Model, s *estimate.State, options []estimate.Growth) (*estimate.Model, []estimate.Growth, error) {
	set := m.Setting
	set.Kinds, set.Limits = nil, nil
	set.Groups = nil
	for _, g := range m.Groups {
		g.Most = 0
		set.Groups = append(set.Groups, g)
	}
	at := make([]int, len(m.Kinds))
	for k, n := range s.Left {
		at[k] = -1
		if n > 0 {
			kind := m.Kinds[k]
			kind.Count = n
			at[k] = len(set.Kinds)
			set.Kinds = append(set.Kinds, kind)
		}
	}
	asked, err := estimate.New(set)
	back := make([]estimate.Growth, len(options))
	for i, o := range options {
		back[i] = o
		back[i].Pods = make([]int, len(set.Kinds))
		for k, n := range o.Pods {
			if n > 0 {
				back[i].Pods[at[k]] = n
			}
		}
	}
	return asked, back, err
}

// result writes a state as a Plan.
func (w *World) result(m *estimate.Model, s *estimate.State, rounds int) Result {
	r := Result{Cost: s.Cost, Left: s.Pending(), Rounds: rounds}
	next := make([]int, len(m.Kinds))
	take := func(k int) *corev1.Pod {
		next[k]++
		return m.Kinds[k].Pods[next[k]-1]
	}
	for _, run := range s.Runs {
		r.Nodes += run.Nodes
		for range run.Nodes {
			l := w.launch[run.Group]
			for k, n := range run.On {
				for range n {
					l.Pods = append(l.Pods, binpack.Placement{Pod: take(k), Count: 1})
				}
			}
			r.Plan.Launches = append(r.Plan.Launches, l)
		}
	}
	for k, n := range s.Left {
		for range n {
			r.Plan.Unschedulable = append(r.Plan.Unschedulable, binpack.Unschedulable{Pod: take(k), Count: 1})
		}
	}
	r.Plan.Cost = s.Cost
	return r
}

// ByPlan returns an Expander that asks a Chooser, which remembers its last answer.
func ByPlan(c choose.Chooser) Expander {
	session := choose.Session{Chooser: c}
	return func(ctx context.Context, m *estimate.Model, options []estimate.Growth) (int, error) {
		d, err := session.Ask(ctx, m.Setting, options)
		return d.Option, err
	}
}

// Random returns an Expander that chooses at random, the same for one seed.
func Random(seed uint64) Expander {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(_ context.Context, _ *estimate.Model, options []estimate.Growth) (int, error) {
		return r.IntN(len(options)), nil
	}
}
