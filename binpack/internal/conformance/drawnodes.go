package conformance

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// system is the namespace of daemons that no spread is to count: it has no pods that wait.
const system = "system"

// daemons draws up to two daemon pods. A spread over domains that counts daemons is
// Unsupported, so that in clusters with such spreads they are in a namespace of their own.
func (d *drawer) daemons() []*corev1.Pod {
	if d.chance(60) {
		return nil
	}
	var out []*corev1.Pod
	for i := range 1 + d.IntN(2) {
		pod := d.pod(fmt.Sprintf("daemon-%d", i))
		if d.families.Has(Spread) {
			pod.Namespace = system
		}
		if d.families.Has(Taints) {
			d.tolerations(pod)
		}
		if d.families.Has(HostPorts) && d.chance(40) {
			d.ports(pod)
		}
		if d.families.Has(HostAntiAffinity|AntiAffinity) && d.chance(30) {
			d.antiAffinity(pod)
		}
		if d.chance(50) {
			key := pick(d, corev1.LabelTopologyZone, rackKey, diskKey)
			pod.Spec.NodeSelector = map[string]string{key: pick(d, valuesOf(key)...)}
		}
		if d.chance(50) {
			is := true
			pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: pod.Name, UID: types.UID("set-" + pod.Name), Controller: &is}}
		}
		out = append(out, pod)
	}
	return out
}

// joining makes some of the nodes nodes on their way: with taints that pass, known by
// their launch, with less reported than they will have, with a daemon that is there
// already.
func (d *drawer) joining(p *binpack.Problem) {
	for i := range p.Existing {
		if d.chance(70) {
			continue
		}
		e := &p.Existing[i]
		e.Joining = true
		if d.chance(60) {
			e.Node.Spec.Taints = append(e.Node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule})
		}
		offering := d.IntN(len(p.Catalog[0].Offerings))
		if d.chance(60) && launches(p.Pools[0], p.Catalog[0].Offerings[offering].Zone) {
			e.Launch = &binpack.Launch{Pool: p.Pools[0].Name, Offering: p.Catalog[0].Key(offering)}
			if d.chance(40) {
				e.Node.Labels = nil // nothing reported yet
			}
			switch {
			case d.chance(40):
				e.Node.Status.Allocatable = nil
			case d.chance(40):
				e.Node.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("3"), corev1.ResourcePods: resource.MustParse("1")}
			}
			if d.chance(50) {
				e.Node.Spec.Taints = append(e.Node.Spec.Taints, p.Pools[0].StartupTaints...)
			}
		}
		if len(p.DaemonPods) > 0 && d.chance(30) {
			there := p.DaemonPods[0].DeepCopy()
			there.Name += fmt.Sprint("-on-", i)
			there.UID = types.UID(there.Name)
			there.Status.Phase = corev1.PodRunning
			e.Pods = append(e.Pods, there)
		}
	}
}
