package verify

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
)

// sitesOf returns the sites that the pool's rules allow, launched or not and
// available or not, the cheapest first: each offering, with each choice of
// labels that some rule tells apart from the others.
func (j *judge) sitesOf(p *judgedPool) []*site {
	if p.allowed != nil {
		return p.allowed
	}
	p.allowed = []*site{}
	variants := j.variants(p)
	for _, t := range p.catalog {
		for i := range t.Offerings {
			for _, chosen := range variants {
				if s := j.siteOf(p, t, i, chosen); s.allowed {
					p.allowed = append(p.allowed, s)
				}
			}
		}
	}
	slices.SortStableFunc(p.allowed, func(a, b *site) int { return cmp.Compare(a.price, b.price) })
	return p.allowed
}

// landscape returns all sites that make domains: what the rules of pools allow,
// launched or not and available or not, and the existing nodes.
func (j *judge) landscape() []*site {
	out := slices.Clone(j.existing)
	for i := range j.pools {
		out = append(out, j.sitesOf(&j.pools[i])...)
	}
	return out
}

// variants returns choices of labels for the launches of a pool: all that some
// rule tells apart, and of those that are alike to all rules one.
func (j *judge) variants(p *judgedPool) []map[string]string {
	variants := []map[string]string{nil}
	for _, open := range p.open {
		var more []map[string]string
		for _, chosen := range variants {
			for _, value := range j.readVocabulary().Distinct(open) {
				with := map[string]string{open.Key: value}
				maps.Copy(with, chosen)
				more = append(more, with)
			}
		}
		variants = more
	}
	return variants
}

// readVocabulary returns what the rules of all pods, and the pools' least
// numbers of values, tell apart.
func (j *judge) readVocabulary() *naive.Vocabulary {
	if j.vocabulary != nil {
		return j.vocabulary
	}
	var pods []*corev1.Pod
	for _, kind := range j.kinds {
		pods = append(pods, kind.pod)
	}
	pods = append(pods, j.problem.DaemonPods...)
	for _, n := range j.problem.Existing {
		pods = append(pods, n.Pods...)
	}
	j.vocabulary = naive.NewVocabulary(pods)
	for _, kind := range j.kinds {
		for _, t := range kind.volumes.Terms() {
			j.vocabulary.AddTerm(t)
		}
	}
	for _, pool := range j.pools {
		for key := range pool.MinValues {
			j.vocabulary.AddKey(key)
		}
	}
	return j.vocabulary
}
