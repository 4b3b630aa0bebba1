package verify

import (
	"context"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/brute"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// Instance returns the problem as Bound reads it, without values, and the rules
// between the pods of one node whole. Preferences count that the plan keeps.
func Instance(p binpack.Problem, plan binpack.Plan) (*bound.Instance, []brute.Limit, error) {
	problem, err := reading.Of(context.Background(), &p)
	if err != nil {
		return nil, nil, err
	}
	in, err := newInstance(context.Background(), problem, binpack.Certificate{}, 0)
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
	return &in.bound, limits, nil
}
