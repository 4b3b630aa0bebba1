package reading

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// vocabularyOf returns what the rules of the pods and daemons, and the pools' least numbers
// of values, tell apart. Of a pod on an existing node only the rules about other pods count:
// what it asks of its node, it has, and a value that it names is no domain by that.
func vocabularyOf(p *binpack.Problem, pools []binpack.Pool, kinds *Kinds) *Vocabulary {
	var pods []*corev1.Pod
	for _, kind := range kinds.All {
		pods = append(pods, kind.Pod)
	}
	pods = append(pods, p.DaemonPods...)
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
		for _, pod := range n.Pods {
			vocabulary.addSplits(pod)
			vocabulary.addDomains(pod, false)
		}
	}
	for _, pool := range pools {
		for key := range pool.MinValues {
			vocabulary.AddKey(key)
			vocabulary.discerns[naive.Current(key)] = true
		}
	}
	return vocabulary
}
