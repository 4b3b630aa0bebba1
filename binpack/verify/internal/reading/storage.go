package reading

import (
	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/claims"
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
		for _, pod := range residents(&p.Existing[i]) {
			s.Mounted(pod, 1, true)
		}
	}
	return s
}
