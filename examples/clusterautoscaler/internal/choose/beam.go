package choose

import (
	"cmp"
	"slices"

	"github.com/stowage/stowage/catalog"
)

// beam searches sequences round by round, and keeps the best states of each. What is left
// is taken at its value, and once more at more than that, since nodes are whole: then
// it follows groups that take much.
func (l *look) beam() {
	for _, percent := range []catalog.Price{100, 115, 140, 180} {
		l.search(percent)
		if l.ended() {
			return
		}
	}
}

// search is one beam search. A state scores by its cost and by percent of the value of
// what is left.
func (l *look) search(percent catalog.Price) {
	level := make([]branch, len(l.roots))
	for i := range l.roots {
		level[i] = l.roots[i]
		level[i].score = l.score(&level[i], percent)
	}
	for len(level) > 0 {
		level = l.keep(level)
		var next []branch
		for i := range level {
			if l.ended() {
				l.finish(level[i:])
				return
			}
			next = append(next, l.children(&level[i], percent)...)
		}
		level = next
	}
}

func (l *look) score(b *branch, percent catalog.Price) catalog.Price {
	return b.state.Cost + worth(l.value, b.state.Left)/100*percent
}

// keep returns the best branches, each state once.
func (l *look) keep(level []branch) []branch {
	slices.SortStableFunc(level, func(a, b branch) int { return cmp.Compare(a.score, b.score) })
	seen := make(map[string]bool)
	var out []branch
	for i := range level {
		if len(out) == l.width {
			break
		}
		key := level[i].state.Key()
		if seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, level[i])
	}
	return out
}

// children are the branches of one more round. A branch without any is at its end.
func (l *look) children(b *branch, percent catalog.Price) []branch {
	if b.state.Pending() == 0 {
		l.offer(b, "look-ahead")
		return nil
	}
	var out []branch
	end := true
	for _, g := range l.open(b) {
		s := b.state.Clone()
		if growth := l.step(s, g); growth.Nodes == 0 {
			continue
		}
		end = false
		if l.best.ok && l.best.left == 0 && s.Cost >= l.best.cost {
			continue // what is left costs something, or nothing
		}
		c := branch{option: b.option, state: s, path: append(slices.Clone(b.path), g)}
		if s.Pending() == 0 {
			l.offer(&c, "look-ahead")
			continue
		}
		c.score = l.score(&c, percent)
		out = append(out, c)
	}
	if end {
		l.offer(b, "look-ahead")
	}
	return out
}

// finish follows the best branches to their end where the search has to stop.
func (l *look) finish(level []branch) {
	for i := range min(len(level), 4) {
		if _, ok := l.rollout(level[i], l.byValue, "look-ahead"); !ok {
			return
		}
	}
}
