package binpack

import "github.com/stowage/stowage/binpack/internal/bound"

// Instance returns the problem as VerifyBound reads it, without values.
func Instance(p Problem) (*bound.Instance, error) {
	j := newJudge(&p)
	j.withholdPriorities()
	in, _, err := j.instance(Certificate{})
	return in, err
}
