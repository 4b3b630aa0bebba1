package verify

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// readExisting reads the existing nodes, and what rules between pods make of
// the pods on them.
func (j *judge) readExisting() {
	j.standing = standing{map[inDomain]int64{}, map[inDomain]string{}}
	j.existingOf = map[*corev1.Node]*site{}
	for i := range j.problem.Existing {
		n := &j.problem.Existing[i]
		if _, again := j.existingOf[n.Node]; again {
			continue
		}
		s := j.newExisting(n)
		j.existingOf[n.Node] = s
		j.existing = append(j.existing, s)
		j.stand(s, fmt.Sprintf("Existing[%d]", i), n)
	}
}

func (j *judge) newExisting(n *binpack.ExistingNode) *site {
	pods := standingPods(n)
	crew := naive.CrewThere(pods)
	s := &site{number: j.sites, node: naive.Existing(n.Node), barred: naive.Leaving(n.Node), exists: true}
	j.sites++
	kinds := map[string]int{} // by name, the place among s.there
	for _, pod := range pods {
		crew.Requests.Add(j.storage.VolumesOf(pod).Attachments)
		counted := j.peers.selecting(pod, naive.Ports(pod))
		name := fmt.Sprint(counted)
		if _, known := kinds[name]; !known {
			kinds[name] = len(s.there)
			s.there = append(s.there, judgedLoad{kind: &judgedKind{pod: pod, peerRules: peerRules{countedBy: counted}}, pod: pod})
		}
		s.there[kinds[name]].count++
	}
	s.allocatable, s.ports = crew.Room(naive.AmountsOf(n.Node.Status.Allocatable)), crew.Ports
	return s
}

// standingPods returns the pods of the node that have not ended.
func standingPods(n *binpack.ExistingNode) []*corev1.Pod {
	return slices.DeleteFunc(slices.Clone(n.Pods), naive.Ended)
}
