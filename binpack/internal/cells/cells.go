package cells

import (
	"context"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Split is a model of bundles in cells, which no rule over domains binds any
// more. Its bins, caps and groups are those of the unsplit model.
type Split struct {
	Model   *model.Model // of the bundles
	unsplit *model.Model
	bundles []placedBundles // per class of Model; nil: nothing is split
}

// placedBundles is bundles in one cell.
type placedBundles struct {
	bundle bundle
	cell   *cell
	n      int64
}

// A bundle is pods that are placed together: mostly one pod of one class.
type bundle struct {
	counts []model.Count
	bins   []bool // that may hold it; nil: all that admit its pods
	n      int64  // of them
}

// New splits m. most says how many bundles of a class fit into the cell of a bin,
// as far as that is known: pods that a former split left.
func New(m *model.Model, most Most) *Split { return Within(context.Background(), m, most) }

// Within is New as long as ctx lasts; nil: it has ended.
func Within(ctx context.Context, m *model.Model, most Most) *Split {
	if len(m.Rules) == 0 && len(most) == 0 {
		return &Split{Model: m, unsplit: m} // nothing is split
	}
	s := &Split{unsplit: m, bundles: []placedBundles{}}
	all := assignAll(ctx, m, most)
	if ctx.Err() != nil {
		return nil
	}
	for _, d := range all {
		for i, n := range d.in {
			if n > 0 {
				s.bundles = append(s.bundles, placedBundles{d.bundle, d.cells[i], n})
			}
		}
	}
	slices.SortStableFunc(s.bundles, func(a, b placedBundles) int { return a.bundle.counts[0].Class - b.bundle.counts[0].Class })
	if !s.build(ctx) {
		return nil
	}
	return s
}

// build makes the model of the bundles, and reports whether ctx lasted.
func (s *Split) build(ctx context.Context) bool {
	m := s.unsplit
	s.Model = m.Frame()
	s.Model.Bins = slices.Clone(m.Bins)
	admits := make([][]int, len(m.Bins))
	for i, p := range s.bundles {
		if i%bundlesPerLook == 0 && ctx.Err() != nil {
			return false
		}
		first := &m.Classes[p.bundle.counts[0].Class]
		class := model.Class{Count: p.n, Level: first.Level, Gang: first.Gang, Requests: make([]int64, m.Resources)}
		for _, n := range p.bundle.counts {
			part := &m.Classes[n.Class]
			class.Level = min(class.Level, part.Level)
			class.Pods += n.N
			for r, q := range part.Requests {
				class.Requests[r] += n.N * q
			}
			class.Owns = append(class.Owns, part.Owns...)
			class.Preferred = append(class.Preferred, part.Preferred...)
			class.Shares = append(class.Shares, part.Shares...)
			for range n.N {
				class.In = append(class.In, part.In...)
			}
		}
		slices.Sort(class.Owns)
		class.Owns = slices.Compact(class.Owns)
		slices.Sort(class.In)
		slices.Sort(class.Shares)
		class.Shares = slices.Compact(class.Shares)
		s.Model.Classes = append(s.Model.Classes, class)
		for _, b := range p.cell.bins {
			admits[b] = append(admits[b], i)
		}
	}
	for b := range admits {
		s.Model.Bins[b].Admits = model.Classes(len(s.bundles), slices.Compact(admits[b]))
	}
	return true
}

// bundlesPerLook is how many bundles are built from one look at the context to the next.
const bundlesPerLook = 256

// Unsplit returns a solution of the split as one of the unsplit model.
func (s *Split) Unsplit(sol model.Solution) model.Solution {
	if s.bundles == nil {
		return sol
	}
	out := make(model.Solution, len(sol))
	for i, j := range sol {
		out[i] = s.unsplitColumn(j)
	}
	return out
}

// unsplitColumn returns a column of the split as one of the unsplit model.
func (s *Split) unsplitColumn(j model.Column) model.Column {
	if s.bundles == nil {
		return j
	}
	out := model.Column{Bin: j.Bin, Times: j.Times}
	for _, k := range j.Counts {
		for _, part := range s.bundles[k.Class].bundle.counts {
			out.Counts = model.AddCount(out.Counts, part.Class, k.N*part.N)
		}
	}
	return out
}

// Values returns values of the pods of each class as values of bundles.
func (s *Split) Values(unsplit []float64) []float64 {
	if s.bundles == nil {
		return unsplit
	}
	out := make([]float64, len(s.bundles))
	for i, p := range s.bundles {
		for _, n := range p.bundle.counts {
			out[i] += float64(unsplit[n.Class] * float64(n.N))
		}
	}
	return out
}

// UnsplitValues returns values of bundles as values of the pods of each part of a class, on
// average over its bundles; share says in which proportion the pods of a bundle are
// worth it. part tells which of n parts the pods of a class are of on a bin.
func (s *Split) UnsplitValues(values, share []float64, n int, part func(class, bin int) int) []float64 {
	if s.bundles == nil {
		return values
	}
	out, pods, placed := make([]float64, n), make([]int64, n), make([]int64, len(s.unsplit.Classes))
	for _, p := range s.bundles {
		for _, n := range p.bundle.counts {
			pods[part(n.Class, p.cell.bins[0])] += p.n * n.N
			placed[n.Class] += p.n * n.N
		}
	}
	for i, p := range s.bundles {
		sum := 0.0
		for _, n := range p.bundle.counts {
			sum += float64(share[n.Class] * float64(n.N))
		}
		for _, n := range p.bundle.counts {
			if sum > 0 {
				worth := values[i] * share[n.Class] / sum // of one pod
				at := part(n.Class, p.cell.bins[0])
				all := float64(pods[at]*s.unsplit.Classes[n.Class].Count) / float64(placed[n.Class]) // those without a cell too
				out[at] += float64(worth*float64(p.n*n.N)) / all
			}
		}
	}
	return out
}
