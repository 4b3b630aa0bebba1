package colgen

import (
	"encoding/binary"

	"github.com/stowage/stowage/binpack/internal/model"
)

// A Pool is columns, each once.
type Pool struct {
	Columns []model.Column // Times does not matter
	known   map[string]bool
}

// Add adds the columns of s that are new.
func (p *Pool) Add(s model.Solution) {
	for _, j := range s {
		p.add(j)
	}
}

func (p *Pool) add(j model.Column) bool {
	key := binary.AppendUvarint(nil, uint64(j.Bin))
	for _, n := range j.Counts {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(n.Class)), uint64(n.N))
	}
	if p.known == nil {
		p.known = map[string]bool{}
	}
	if p.known[string(key)] {
		return false
	}
	p.known[string(key)] = true
	p.Columns = append(p.Columns, j)
	return true
}

// allowed reports whether the demand has all the pods of a column.
func allowed(j *model.Column, demand []int64) bool {
	for _, n := range j.Counts {
		if n.N > demand[n.Class] {
			return false
		}
	}
	return true
}

// trimmed returns the column with no more pods than the demand has.
func trimmed(j *model.Column, demand []int64) model.Column {
	t := model.Column{Bin: j.Bin}
	for _, n := range j.Counts {
		if n.N = min(n.N, demand[n.Class]); n.N > 0 {
			t.Counts = append(t.Counts, n)
		}
	}
	return t
}
