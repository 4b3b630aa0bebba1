package reading

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/catalog"
)

// choices returns choices of labels for the launches of a machine by a pool: all that some
// rule tells apart, and of those that are alike to all rules one.
func (s *Supply) choices(p *Pool, machine *catalog.InstanceType) []map[string]string {
	id := fmt.Sprint(machine.Choices)
	if known, ok := p.choices[id]; ok {
		return known
	}
	choices := []map[string]string{nil}
	for _, open := range p.openOf(machine) {
		var more []map[string]string
		for _, chosen := range choices {
			for _, value := range s.vocabulary().Distinct(open) {
				with := map[string]string{open.Key: value}
				maps.Copy(with, chosen)
				more = append(more, with)
			}
		}
		choices = more
	}
	p.choices[id] = choices
	return choices
}

// vocabularyOf returns what the rules of all pods, and the pools' least numbers of
// values, tell apart.
func vocabularyOf(p *binpack.Problem, pools []binpack.Pool, kinds *Kinds) *Vocabulary {
	var pods []*corev1.Pod
	for _, kind := range kinds.All {
		pods = append(pods, kind.Pod)
	}
	pods = append(pods, p.DaemonPods...)
	for _, n := range p.Existing {
		pods = append(pods, n.Pods...)
	}
	vocabulary := NewVocabulary(pods)
	for i, pod := range pods {
		vocabulary.addDomains(pod, i < len(kinds.All))
	}
	for _, kind := range kinds.All {
		for _, t := range kind.Volumes.Terms() {
			vocabulary.AddTerm(t)
		}
	}
	for _, n := range p.Existing {
		vocabulary.AddLabels(n.Node)
	}
	for _, pool := range pools {
		for key := range pool.MinValues {
			vocabulary.AddKey(key)
			vocabulary.discerns[naive.Current(key)] = true
		}
	}
	return vocabulary
}
