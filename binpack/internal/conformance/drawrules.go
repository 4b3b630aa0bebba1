package conformance

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rules gives the pod rules of all families.
func (d *drawer) rules(pod *corev1.Pod) {
	if d.families.Has(NodeAffinity) {
		d.nodeRules(pod)
	}
	if d.families.Has(Taints | Spread) {
		d.tolerations(pod)
	}
	if d.families.Has(HostPorts) {
		d.ports(pod)
	}
	if d.families.Has(HostSpread | Spread) {
		when := corev1.DoNotSchedule
		if d.chance(15) {
			when = corev1.ScheduleAnyway
		}
		d.spread(pod, when)
	}
	if d.families.Has(HostAntiAffinity | AntiAffinity) {
		d.antiAffinity(pod)
	}
	if d.families.Has(Affinity) {
		d.affinity(pod)
	}
	if d.families.Has(Volumes | Attachments) {
		d.volumes(pod)
	}
	if d.families.Has(Attachments) && d.chance(60) {
		d.mountsSome(pod, "shared", shareds, 2)
	}
	if d.families.Has(OncePod) {
		d.mountsSome(pod, "once", onces, 1)
	}
	if d.families.Has(VolumesThere) {
		d.mountsSome(pod, "taker", takers, 1)
	}
	if d.families.Has(Volumes) && d.chance(25) {
		d.mountsSome(pod, "chosen", chosen, 1)
	}
	oneTaker(pod)
}

// bystander gives a pod that is there already what may bind a new one, ports
// and anti-affinity, and what must not: spread and affinity. It may have ended,
// or be about to.
func (d *drawer) bystander(pod *corev1.Pod) {
	if d.families.Has(HostPorts) && d.chance(60) {
		d.ports(pod)
	}
	if d.families.Has(HostAntiAffinity|AntiAffinity) && d.chance(40) {
		d.antiAffinity(pod)
	}
	if d.families.Has(HostSpread|Spread) && d.chance(10) {
		d.spread(pod, corev1.DoNotSchedule)
	}
	if d.families.Has(Affinity) && d.chance(10) {
		d.affinity(pod)
	}
	if d.families.Has(Attachments) && d.chance(60) {
		d.mounts(pod)
	}
	if d.families.Has(Attachments) && d.chance(40) {
		d.mountsSome(pod, "shared", shareds, 1)
	}
	if d.families.Has(OncePod) && d.chance(40) {
		d.mountsSome(pod, "once", onces, 1)
	}
	pod.Status.Phase = corev1.PodRunning
	if d.families.Has(Resizes) && d.chance(40) {
		d.resize(pod)
	}
	if d.chance(10) {
		pod.Status.Phase = pick(d, corev1.PodSucceeded, corev1.PodFailed)
	}
	if d.chance(10) {
		pod.DeletionTimestamp = &metav1.Time{Time: time.Unix(0, 0)}
	}
}

// requests adds what the pod's containers ask for. Some are sidecars, some run
// before the others; some state limits only; some pods speak for all of theirs.
func (d *drawer) requests(pod *corev1.Pod) {
	s := &pod.Spec
	s.Containers[0].Resources = d.requirements()
	if d.chance(25) {
		s.Containers = append(s.Containers, corev1.Container{Name: "second", Image: "image", Resources: d.requirements()})
	}
	always := corev1.ContainerRestartPolicyAlways
	for _, name := range []string{"first-init", "second-init"} {
		if d.chance(20) {
			c := corev1.Container{Name: name, Image: "image", Resources: d.requirements()}
			if d.chance(50) {
				c.RestartPolicy = &always
			}
			s.InitContainers = append(s.InitContainers, c)
		}
	}
	if d.chance(10) {
		s.Overhead = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m")}
	}
	if d.chance(10) {
		s.Resources = &corev1.ResourceRequirements{}
		list := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10"), corev1.ResourceMemory: resource.MustParse("3Gi")}
		if d.chance(50) {
			s.Resources.Limits = list
		} else {
			s.Resources.Requests = list
		}
	}
}

func (d *drawer) requirements() corev1.ResourceRequirements {
	list := corev1.ResourceList{}
	set := func(percent int, name corev1.ResourceName, amounts ...string) {
		if d.chance(percent) {
			list[name] = resource.MustParse(pick(d, amounts...))
		}
	}
	set(60, corev1.ResourceCPU, "0", "100m", "250m", "500m", "1")
	set(60, corev1.ResourceMemory, "128Mi", "256Mi", "0.5G", "1Gi")
	set(20, corev1.ResourceEphemeralStorage, "1G", "10Gi")
	var r corev1.ResourceRequirements
	if d.chance(20) {
		r.Limits = list
	} else {
		r.Requests = list
	}
	if d.chance(10) { // extended resources are requested by limits
		if r.Limits == nil {
			r.Limits = corev1.ResourceList{}
		}
		r.Limits[gpu] = resource.MustParse("1")
	}
	return r
}

// nodeRules gives the pod a node selector, or node affinity, or both.
func (d *drawer) nodeRules(pod *corev1.Pod) {
	if d.chance(40) {
		key := pick(d, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone, rackKey, diskKey)
		pod.Spec.NodeSelector = map[string]string{key: pick(d, "a", "b", "r1", "ssd")}
		if d.chance(70) {
			pod.Spec.NodeSelector = map[string]string{key: pick(d, valuesOf(key)...)}
		}
	}
	if d.chance(80) {
		required := &corev1.NodeSelector{}
		for range 1 + d.IntN(3) {
			required.NodeSelectorTerms = append(required.NodeSelectorTerms, d.nodeTerm())
		}
		affinityOf(pod).NodeAffinity = &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required}
	}
	if d.chance(20) {
		a := affinityOf(pod)
		if a.NodeAffinity == nil {
			a.NodeAffinity = &corev1.NodeAffinity{}
		}
		a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = []corev1.PreferredSchedulingTerm{{
			Weight: 1 + d.Int32N(100), Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{d.expression()}},
		}}
	}
}

func affinityOf(pod *corev1.Pod) *corev1.Affinity {
	if pod.Spec.Affinity == nil {
		pod.Spec.Affinity = &corev1.Affinity{}
	}
	return pod.Spec.Affinity
}

// valuesOf returns the values that nodes have of a label.
func valuesOf(key string) []string {
	switch key {
	case rackKey:
		return []string{"r1", "r2"}
	case diskKey:
		return []string{"ssd", "hdd"}
	case genKey:
		return []string{"1", "2", "3", "new"}
	case corev1.LabelHostname:
		return []string{"node-0", "node-1", "host-of-node-0", "host-of-node-2"}
	}
	return []string{"a", "b", "c"}
}

func (d *drawer) nodeTerm() corev1.NodeSelectorTerm {
	var t corev1.NodeSelectorTerm
	for range d.IntN(3) {
		t.MatchExpressions = append(t.MatchExpressions, d.expression())
	}
	if d.chance(15) {
		t.MatchFields = append(t.MatchFields, corev1.NodeSelectorRequirement{
			Key: "metadata.name", Operator: pick(d, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn),
			Values: []string{pick(d, "node-0", "node-1", "node-7")},
		})
	}
	if d.chance(10) { // it cannot be read
		t.MatchExpressions = append(t.MatchExpressions, corev1.NodeSelectorRequirement{
			Key: genKey, Operator: corev1.NodeSelectorOpLt, Values: []string{pick(d, "16Gi", "2.5")},
		})
	}
	return t
}

func (d *drawer) expression() corev1.NodeSelectorRequirement {
	key := pick(d, corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone, rackKey, diskKey, genKey, corev1.LabelHostname)
	e := corev1.NodeSelectorRequirement{Key: key, Operator: pick(d,
		corev1.NodeSelectorOpIn, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist)}
	if key == genKey && d.chance(60) {
		e.Operator, e.Values = pick(d, corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt), []string{pick(d, "1", "2", "3")}
		return e
	}
	if e.Operator == corev1.NodeSelectorOpIn || e.Operator == corev1.NodeSelectorOpNotIn {
		e.Values = some(d, valuesOf(key)...)
	}
	return e
}

func (d *drawer) tolerations(pod *corev1.Pod) {
	for range d.IntN(4) {
		t := corev1.Toleration{
			Key: pick(d, teamKey, teamKey, teamKey, corev1.TaintNodeUnschedulable, ""), Value: pick(d, "", "x", "y"),
			Operator: pick(d, "", corev1.TolerationOpEqual, corev1.TolerationOpExists),
			Effect:   pick(d, "", "", corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute),
		}
		if t.Key == "" {
			t.Operator = corev1.TolerationOpExists
		}
		if t.Operator == corev1.TolerationOpExists {
			t.Value = ""
		}
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, t)
	}
}

func (d *drawer) ports(pod *corev1.Pod) {
	pod.Spec.HostNetwork = d.chance(20)
	c := &pod.Spec.Containers[0]
	if d.chance(20) {
		pod.Spec.InitContainers = append(pod.Spec.InitContainers, corev1.Container{Name: "port-init", Image: "image"})
		c = &pod.Spec.InitContainers[len(pod.Spec.InitContainers)-1]
		if d.chance(70) {
			always := corev1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
		}
	}
	claims := map[corev1.ContainerPort]bool{}
	for range 1 + d.IntN(2) {
		p := corev1.ContainerPort{ContainerPort: pick(d, int32(80), 81), Protocol: pick(d, corev1.ProtocolTCP, corev1.ProtocolUDP)}
		if !pod.Spec.HostNetwork {
			p.HostPort = pick(d, int32(0), 80, 80, 81, 81)
			p.HostIP = pick(d, "", "", "0.0.0.0", "10.0.0.1", "10.0.0.2")
		}
		claim := p
		if claim.HostPort != 0 {
			claim.ContainerPort = 0
		}
		if claims[claim] {
			continue // the API takes a port of a pod only once
		}
		claims[claim] = true
		if p.Protocol == corev1.ProtocolTCP && d.chance(50) {
			p.Protocol = "" // the same
		}
		c.Ports = append(c.Ports, p)
	}
}
