package launch

import (
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
)

// copyOf returns a launch that shares nothing with l that could be written to, but the
// pods themselves: Launchers and Fallbacks get such, and what they answer with is kept so.
func copyOf(l binpack.Launch) binpack.Launch {
	l.Labels, l.Pods, l.Alternatives = maps.Clone(l.Labels), slices.Clone(l.Pods), slices.Clone(l.Alternatives)
	for i := range l.Alternatives {
		l.Alternatives[i].Labels = maps.Clone(l.Alternatives[i].Labels)
	}
	return l
}

func copiesOf(launches []binpack.Launch) []binpack.Launch {
	out := slices.Clone(launches)
	for i := range out {
		out[i] = copyOf(out[i])
	}
	return out
}

func copiesOfFailed(failed []Failed) []Failed {
	out := slices.Clone(failed)
	for i := range out {
		out[i].Launch, out[i].Failures = copyOf(out[i].Launch), slices.Clone(out[i].Failures)
	}
	return out
}

// copyOfProposal returns what a Fallback said, whatever it does with it later.
func copyOfProposal(p Proposal) Proposal {
	p.Launches, p.Nominations = copiesOf(p.Launches), slices.Clone(p.Nominations)
	for i := range p.Nominations {
		p.Nominations[i].Pods = slices.Clone(p.Nominations[i].Pods)
	}
	return p
}
