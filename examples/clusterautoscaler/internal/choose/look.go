package choose

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

// look is a look-ahead over the options of one question.
type look struct {
	ctx     context.Context
	m       *estimate.Model
	start   *estimate.State
	options []estimate.Growth
	class   []int // option → the first that is like it
	value   []catalog.Price
	width   int
	local   bool // nodes of earlier rounds do not matter
	spent   int64
	steps   int64 // most

	roots  []branch // one for each class
	groups []int    // that later rounds may grow
	closed map[int]bool
	bases  []Baseline

	best  found
	total map[int]found // option → the best that begins with it
}

// branch is a sequence of rounds and the state after it.
type branch struct {
	option int // the first round's
	path   []int
	state  *estimate.State
	score  catalog.Price
}

// found is a sequence that was followed to its end.
type found struct {
	ok     bool
	option int
	path   []int
	cost   catalog.Price
	left   int
	score  catalog.Price // what decides between those that leave as many
	rank   int           // pods that are left, where that decides
	why    string
}

func (f found) betterThan(o found) bool {
	if !o.ok || !f.ok {
		return f.ok
	}
	if f.rank != o.rank {
		return f.rank < o.rank
	}
	return f.score < o.score
}

func newLook(ctx context.Context, c *Chooser, m *estimate.Model, start *estimate.State, options []estimate.Growth, class, groups []int, v []catalog.Price) *look {
	l := &look{ctx: ctx, m: m, start: start, options: options, class: class, groups: groups, value: v, width: c.Width, steps: c.Steps,
		local: m.Local(), closed: make(map[int]bool), total: make(map[int]found)}
	if l.width == 0 {
		l.width = 48
	}
	if l.steps == 0 {
		l.steps = DefaultSteps
	}
	for i := range options {
		if class[i] == i && grows(options[i]) {
			l.roots = append(l.roots, l.root(i))
		}
	}
	return l
}

// root is the state after the round that chooses option i. Where the estimate differs from
// what Cluster Autoscaler says, its word counts, and the group grows no more.
func (l *look) root(i int) branch {
	o := l.options[i]
	s := l.start.Clone()
	got := l.step(s, o.Group)
	if got.Nodes != o.Nodes || !slices.Equal(got.Pods, o.Pods) {
		s = l.start.Clone()
		l.m.Take(s, o)
		l.closed[o.Group] = true
	}
	return branch{option: i, path: []int{o.Group}, state: s}
}

// step is one round.
func (l *look) step(s *estimate.State, g int) estimate.Growth {
	l.spent += int64(len(l.m.Kinds))
	growth := l.m.Step(s, g)
	if l.local {
		s.Forget()
	} else {
		l.m.Settle(s)
	}
	return growth
}

// ended reports whether the look-ahead is over.
func (l *look) ended() bool { return l.spent > l.steps || l.ctx.Err() != nil }

// open returns the groups that a branch may grow next.
func (l *look) open(b *branch) []int {
	var out []int
	for _, g := range l.groups {
		if !l.closed[g] {
			out = append(out, g)
		}
	}
	return out
}

// offer takes a sequence that has come to its end. Fewer pods left come before any cost;
// but where some option is not what the estimate says, what is left at the end is not
// certain, and counts as twice its value.
func (l *look) offer(b *branch, why string) {
	f := found{ok: true, option: b.option, path: b.path, cost: b.state.Cost, left: b.state.Pending(), why: why}
	f.score, f.rank = f.cost, f.left
	if len(l.closed) > 0 {
		f.score, f.rank = f.cost+2*worth(l.value, b.state.Left), 0
	}
	if f.betterThan(l.total[f.option]) {
		l.total[f.option] = f
	}
	if f.betterThan(l.best) {
		l.best = f
	}
}

// estimates returns what each group would grow by next.
func (l *look) estimates(b *branch) []estimate.Growth {
	var out []estimate.Growth
	for _, g := range l.open(b) {
		l.spent += int64(len(l.m.Kinds))
		if growth := l.m.Grow(b.state.Clone(), g); growth.Nodes > 0 {
			out = append(out, growth)
		}
	}
	return out
}

// rollout follows a policy from a branch to the end. It reports whether it came there.
func (l *look) rollout(b branch, p Policy, why string) (found, bool) {
	b.state = b.state.Clone()
	b.path = slices.Clone(b.path)
	for b.state.Pending() > 0 {
		if l.ctx.Err() != nil {
			return found{}, false
		}
		options := l.estimates(&b)
		i := p(l.m, b.state, options)
		if i < 0 {
			break
		}
		l.step(b.state, options[i].Group)
		b.path = append(b.path, options[i].Group)
	}
	l.offer(&b, why)
	return found{ok: true, option: b.option, path: b.path, cost: b.state.Cost, left: b.state.Pending()}, true
}

// ByValue picks the option of the least cost per value of its pods.
func (l *look) byValue(_ *estimate.Model, _ *estimate.State, options []estimate.Growth) int {
	return least(options, func(o *estimate.Growth) float64 {
		return float64(o.Cost) / float64(max(worth(l.value, o.Pods), 1))
	})
}

// baselines follows each policy from its own first choice.
func (l *look) baselines() {
	for _, p := range []struct {
		name string
		pick Policy
	}{{"shadow-prices", l.byValue}, {"least-waste", LeastWaste}, {"price", Price}, {"most-pods", MostPods}} {
		i := p.pick(l.m, l.start.Clone(), l.options)
		if i < 0 {
			continue
		}
		base := Baseline{Name: p.name, Option: i}
		if root := l.rootOf(i); root != nil {
			if f, ok := l.rollout(*root, p.pick, p.name); ok {
				base.Total, base.Left = f.cost, f.left
			}
		}
		l.bases = append(l.bases, base)
	}
}

func (l *look) rootOf(option int) *branch {
	for i := range l.roots {
		if l.roots[i].option == l.class[option] {
			return &l.roots[i]
		}
	}
	return nil
}

// follow repeats what is left of an earlier sequence, by group.
func (l *look) follow(hint []string) {
	if len(hint) == 0 {
		return
	}
	for i := range l.options {
		if l.m.Groups[l.options[i].Group].ID != hint[0] {
			continue
		}
		root := l.rootOf(i)
		if root == nil {
			return
		}
		at := 0
		l.rollout(*root, func(m *estimate.Model, s *estimate.State, options []estimate.Growth) int {
			for at++; at < len(hint); at++ {
				for i := range options {
					if m.Groups[options[i].Group].ID == hint[at] {
						return i
					}
				}
			}
			return l.byValue(m, s, options)
		}, "last-answer")
		return
	}
}

// decision states what was found.
func (l *look) decision(plan binpack.Plan) Decision {
	d := Decision{Plan: plan, Baselines: l.bases, Cut: l.ctx.Err() != nil}
	for i := range l.options {
		row := Row{Option: l.options[i], Value: worth(l.value, l.options[i].Pods)}
		if f := l.total[l.class[i]]; f.ok {
			row.Total, row.Left = f.cost, f.left
		}
		d.Rows = append(d.Rows, row)
	}
	if !l.best.ok { // no sequence came to its end
		d.Option = l.byValue(l.m, nil, l.options)
		d.Why = "shadow-prices"
		d.Path = []string{l.m.Groups[l.options[d.Option].Group].ID}
		return d
	}
	d.Option, d.Total, d.Left, d.Why = l.best.option, l.best.cost, l.best.left, l.best.why
	for _, g := range l.best.path {
		d.Path = append(d.Path, l.m.Groups[g].ID)
	}
	return d
}
