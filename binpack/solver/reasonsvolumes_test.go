package solver_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
)

// TestReasonsOfVolumes: what reaches a pod's volumes.
func TestReasonsOfVolumes(t *testing.T) {
	stored := func(p *binpack.Problem) { p.Storage = problemtest.Storage() }
	own := func(class string) podRule {
		return func(p *corev1.Pod) { problemtest.MountsOwn(p, class); p.Spec.Volumes[0].Name = "data" }
	}
	for name, c := range map[string]reasonCase{
		"bound in another zone": {one("db", claiming("bound-zone-b")), both(stored, sold("zone-a")), []string{
			"1 db, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/bound-zone-b, volume pv-zone-b: topology.kubernetes.io/zone=zone-b)",
		}},
		"bound in a zone that the pool excludes": {one("db", claiming("bound-zone-b")), both(stored, sold("zone-a", "zone-b"), onPool(allowing(keyZone, "zone-a"))), []string{
			"1 db, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/bound-zone-b, volume pv-zone-b: topology.kubernetes.io/zone=zone-b; fits small in zone-b with Pools[0].requirements[0].values[1]: zone-b)",
		}},
		"alike, but for names": {[]binpack.Workload{deployment(1, "db-0", labelled("app", "db"), claiming("bound-zone-b")), deployment(1, "db-1", labelled("app", "db"), claiming("also-zone-b"))},
			both(stored, sold("zone-a"), func(p *binpack.Problem) {
				also := p.Storage.Claims[0]
				for _, c := range p.Storage.Claims {
					if c.Name == "bound-zone-b" {
						also = c.DeepCopy()
					}
				}
				also.Name = "also-zone-b"
				p.Storage.Claims = append(p.Storage.Claims, also)
			}), []string{
				"1 db-0, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/bound-zone-b, volume pv-zone-b: topology.kubernetes.io/zone=zone-b)",
				"1 db-1, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/also-zone-b, volume pv-zone-b: topology.kubernetes.io/zone=zone-b)",
			}},
		"to be made in another zone": {one("db", claiming("waits-zone-b")), both(stored, sold("zone-a")), []string{
			"1 db, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/waits-zone-b, class in-zone-b: topology.kubernetes.io/zone=zone-b)",
		}},
		"of its own, in another zone": {one("db", own("in-zone-b")), both(stored, sold("zone-a")), []string{
			"1 db, default: VolumeZone (spec.volumes[0].ephemeral: ephemeral volume data, class in-zone-b: topology.kubernetes.io/zone=zone-b)",
		}},
		"in two zones": {one("db", claiming("waits-zone-b"), claiming("bound-zone-a")), both(stored, sold("zone-a", "zone-b")), []string{
			"1 db, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/waits-zone-b, class in-zone-b: topology.kubernetes.io/zone=zone-b; claim default/bound-zone-a, volume pv-zone-a: topology.kubernetes.io/zone=zone-a)",
		}},
		"not made yet": {one("db", claiming("at-once")), both(stored), []string{
			"1 db, default: VolumeZone (spec.volumes[0].persistentVolumeClaim: claim default/at-once, for which class at-once has no volume yet)",
		}},
		"no such claim": {one("db", claiming("missing")), stored, []string{
			"1 db, default: Unsupported (spec.volumes[0].persistentVolumeClaim: claim default/missing)",
		}},
		"no such class": {one("db", claiming("of-no-class")), stored, []string{
			"1 db, default: Unsupported (spec.volumes[0].persistentVolumeClaim: class missing)",
		}},
		"no such volume": {one("db", claiming("of-no-volume")), stored, []string{
			"1 db, default: Unsupported (spec.volumes[0].persistentVolumeClaim: volume pv-missing)",
		}},
		"too many": {one("db", claiming("waits-zone-a"), claiming("bound-zone-a")), both(stored, sold("zone-a"), func(p *binpack.Problem) {
			for _, t := range p.Catalog {
				t.Capacity["attachable-volumes-csi-ebs"] = problemtest.List("x", "1")["x"]
			}
		}), []string{
			"1 db, default: InsufficientResources (asks for 2 of attachable-volumes-csi-ebs, the most on a new node is 1 (large in zone-a))",
		}},
	} {
		t.Run(name, func(t *testing.T) { explained(t, c) })
	}
}
