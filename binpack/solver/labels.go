package solver

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/compile"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/supply"
)

// A labeller says which labels launches choose.
type labeller struct {
	compiled *compile.Compiled
	rules    map[*corev1.Pod][]*kube.RuleSet // of each kind that a pod may be of; nil: not asked for yet
}

func newLabeller(c *compile.Compiled) *labeller { return &labeller{compiled: c} }

// of returns the labels that a launch with these pods states.
func (l *labeller) of(o *supply.Offer, pods []binpack.Placement) map[string]string {
	s := l.compiled.Reading.Supply
	if len(o.Type.Choices) == 0 {
		return s.Labels(o, nil)
	}
	if l.rules == nil {
		l.rules = map[*corev1.Pod][]*kube.RuleSet{}
		for k := range l.compiled.Kinds {
			kind := &l.compiled.Kinds[k]
			for _, on := range kind.Pods {
				l.rules[on.Pod] = append(l.rules[on.Pod], &l.compiled.Reading.Sets[kind.Rules])
			}
		}
	}
	var sets []*kube.RuleSet
	for _, on := range pods {
		sets = append(sets, l.rules[on.Pod]...)
	}
	return s.Labels(o, sets)
}
