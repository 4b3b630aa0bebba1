package verify

import (
	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
)

// Instance returns the problem as VerifyBound reads it, without values, and the
// rules between the pods of one node whole. Preferences count that the plan keeps.
func Instance(p binpack.Problem, plan binpack.Plan) (*bound.Instance, []brute.Limit, error) {
	j := newJudge(&p)
	in, err := j.instance(binpack.Certificate{})
	if err != nil {
		return nil, nil, err
	}
	if in.keepsPreferences(plan) {
		in = in.preferring()
	}
	var limits []brute.Limit
	for k := range in.limits {
		for _, l := range in.limits[k] {
			limits = append(limits, brute.Limit{Owner: k, Members: l.members, Most: l.most})
		}
	}
	return in.Instance, limits, nil
}
