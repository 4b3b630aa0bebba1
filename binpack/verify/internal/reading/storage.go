package reading

import (
	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/claims"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// storageOf returns the storage of a problem, and who mounts which part.
func storageOf(p *binpack.Problem) *claims.Storage {
	s := claims.NewStorage(claims.Objects(p.Storage))
	for _, pod := range p.Pods {
		s.Mounted(pod, 1, false)
	}
	for _, w := range p.Workloads {
		s.Mounted(w.Pod, w.Replicas, false)
	}
	for i := range p.Existing {
		for pod, times := range p.Existing[i].Alike() {
			if !naive.Ended(pod) {
				s.Mounted(pod, times, true)
			}
		}
	}
	return s
}
