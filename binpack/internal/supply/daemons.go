package supply

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// daemonsOf reads daemon pods. Of one that cannot be read as a whole, or that needs what
// is not modelled, the requests count and nothing else.
func daemonsOf(pods []*corev1.Pod) []kube.Daemon {
	var out []kube.Daemon
	for _, pod := range pods {
		path, _ := PlainDaemon(pod)
		d := kube.DaemonOf(check.Readable(pod), path != "")
		d.Pod = pod
		out = append(out, d)
	}
	return out
}

// PlainDaemon returns why nothing of a daemon counts but its requests: the path, from the
// pod, of what is not modelled or cannot be read, and in the latter case what is wrong
// there; "": all of it counts.
func PlainDaemon(pod *corev1.Pod) (path string, fault error) {
	if path := kube.UnmodelledOfDaemon(pod); path != "" {
		return path, nil
	}
	if faults := check.Pod(pod); len(faults) > 0 {
		return faults[0].Path, faults[0].Err
	}
	return "", nil
}

// Crews returns, per profile, a number that those have with the same daemons.
func (s *Supply) Crews() []int {
	out, index := make([]int, len(s.Profiles)), map[string]int{}
	for v := range s.Profiles {
		key := fmt.Sprint(s.Profiles[v].Daemons)
		n, known := index[key]
		if !known {
			n = len(index)
			index[key] = n
		}
		out[v] = n
	}
	return out
}
