package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
)

// A controller is an object that makes pods from a template.
type controller struct {
	object
	meta     *metav1.ObjectMeta
	template *corev1.PodTemplateSpec
	at       string                         // path of the template
	count    string                         // path of the count
	stated   *int32                         // replicas; nil: 1
	most     int                            // with job: most pods; -1: any number
	disks    []corev1.PersistentVolumeClaim // each replica has its own
	first    int                            // ordinal
	selector *metav1.LabelSelector          // of a Deployment
	daemon   bool
	job      bool

	replicas int             // that are asked for
	there    map[string]bool // its pods that run on nodes, by name
	uid      types.UID       // of a daemon set: its own, or what its pods know; "": nobody says
}

// owner names a controller as owner references do.
type owner struct{ namespace, kind, name string }

func (b *builder) add(c *controller) {
	c.there, c.uid = map[string]bool{}, c.meta.UID
	c.count = strings.TrimSuffix(c.at, "template") + "replicas"
	if c.job {
		c.count = strings.TrimSuffix(c.at, "template") + "parallelism"
	}
	c.replicas = 1
	if c.stated != nil {
		c.replicas = int(*c.stated)
	}
	if c.job && c.most >= 0 {
		c.replicas = min(c.replicas, c.most)
	}
	b.controllers = append(b.controllers, c)
	b.owners[owner{namespaceOf(c.meta.Namespace), c.origin.Kind, c.meta.Name}] = c
}

// scale sets the counts that autoscalers and the options state.
func (b *builder) scale() {
	for _, o := range b.scalers {
		var target owner
		least, most := (*int32)(nil), int32(0)
		switch v := o.value.(type) {
		case *autoscalingv2.HorizontalPodAutoscaler:
			target = owner{namespaceOf(v.Namespace), v.Spec.ScaleTargetRef.Kind, v.Spec.ScaleTargetRef.Name}
			least, most = v.Spec.MinReplicas, v.Spec.MaxReplicas
		case *autoscalingv1.HorizontalPodAutoscaler:
			target = owner{namespaceOf(v.Namespace), v.Spec.ScaleTargetRef.Kind, v.Spec.ScaleTargetRef.Name}
			least, most = v.Spec.MinReplicas, v.Spec.MaxReplicas
		}
		c, path := b.owners[target], "spec.minReplicas"
		before := 0
		if c != nil {
			before = c.replicas
		}
		switch {
		case c == nil:
			b.notes.note(o, "spec.scaleTargetRef", fmt.Sprintf("%s %s is not there", target.kind, target.name))
		case c.stated != nil && *c.stated == 0: // scaled to nothing by hand, which switches the autoscaler off
		case b.opts.MaxReplicas:
			c.replicas, path = int(most), "spec.maxReplicas"
		case least != nil:
			c.replicas = int(*least)
		default:
			c.replicas = 1
		}
		if c != nil && c.replicas != before {
			b.notes.note(o, path, fmt.Sprintf("is taken for the pods of %s %s: %d, not %d", target.kind, target.name, c.replicas, before))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.opts.Replicas)) {
		b.scaleByName(name, b.opts.Replicas[name])
	}
	for _, c := range b.controllers {
		if c.replicas < 0 {
			b.fault(c.object, c.count, "%d is negative", c.replicas)
		}
	}
}

// scaleByName sets the count of the one workload of a name.
func (b *builder) scaleByName(name string, replicas int) {
	var found []*controller
	for _, c := range b.controllers {
		if !c.daemon && !b.owned(c) && slices.Contains(c.names(), name) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 0:
		b.faults = append(b.faults, fmt.Errorf("replicas of %q: there is no such workload%s", name, b.workloadNames()))
	case len(found) > 1:
		b.faults = append(b.faults, fmt.Errorf("replicas of %q: it may be %s or %s", name, found[0].fullName(), found[1].fullName()))
	case replicas < 0:
		b.faults = append(b.faults, fmt.Errorf("replicas of %q: %d is negative", name, replicas))
	default:
		found[0].replicas = replicas
	}
}

// workloadNames lists a few workloads that there are.
func (b *builder) workloadNames() string {
	var names []string
	for _, c := range b.controllers {
		if !c.daemon && !b.owned(c) {
			names = append(names, c.meta.Name)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 5:
		names = append(names[:5], "...")
	}
	return " among " + strings.Join(names, ", ")
}

// names returns what the controller may be called.
func (c *controller) names() []string {
	name, long := c.meta.Name, namespaceOf(c.meta.Namespace)+"/"+c.meta.Name
	return []string{name, long, c.origin.Kind + " " + name, c.origin.Kind + " " + long}
}

func (c *controller) fullName() string { return c.names()[3] }

// pod returns a pod as the controller would make it, with the defaults of the API
// server.
func (b *builder) pod(c *controller, name string) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: c.meta.Namespace, Labels: maps.Clone(c.template.Labels), Annotations: c.template.Annotations},
		Spec:       *c.template.Spec.DeepCopy(),
	}
	if c.job {
		if pod.Labels == nil {
			pod.Labels = map[string]string{}
		}
		pod.Labels["job-name"], pod.Labels["batch.kubernetes.io/job-name"] = c.meta.Name, c.meta.Name
	}
	at := place{c.object, c.at}
	b.complete(pod, at)
	b.result.pods[pod] = at
	return pod
}

// place adds the workloads and daemons to the Problem.
func (b *builder) place() {
	p := &b.result.Problem
	for _, c := range b.controllers {
		if b.owned(c) {
			continue
		}
		if c.daemon {
			p.DaemonPods = append(p.DaemonPods, b.daemon(c))
			continue
		}
		missing := max(0, c.replicas-len(c.there))
		if b.asked += missing; b.asked > maxPods {
			b.fault(c.object, c.count, "more than %d pods are asked for", maxPods)
			return
		}
		if len(c.disks) > 0 {
			if b.single += missing; b.single > maxSingle {
				b.fault(c.object, c.count, "more than %d pods with volumes of their own are asked for", maxSingle)
				return
			}
			b.placeEach(c, missing)
			continue
		}
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: b.pod(c, c.meta.Name), Replicas: missing})
	}
}

// daemon returns the pod of a DaemonSet, which tolerates what the controller
// makes daemons tolerate.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
func (b *builder) daemon(c *controller) *corev1.Pod {
	pod := b.pod(c, c.meta.Name)
	tolerate := func(key string, effect corev1.TaintEffect) {
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: effect})
	}
	tolerate(corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute)
	tolerate(corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
	tolerate(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)
	tolerate(corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule)
	tolerate(corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule)
	tolerate(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)
	if pod.Spec.HostNetwork {
		tolerate(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule)
	}
	isController := true
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: c.origin.Kind, Name: c.meta.Name, UID: c.uid, Controller: &isController}}
	return pod
}

// placeEach adds the missing pods of a StatefulSet one by one, each with claims
// of its own: those that are there, or new ones.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
func (b *builder) placeEach(c *controller, missing int) {
	for ordinal := c.first; missing > 0; ordinal++ {
		name := fmt.Sprintf("%s-%d", c.meta.Name, ordinal)
		if c.there[name] {
			continue
		}
		missing--
		pod := b.pod(c, name)
		for _, disk := range c.disks {
			b.mount(pod, disk)
		}
		for i := range c.disks { // the last volumes
			b.disks[&pod.Spec.Volumes[len(pod.Spec.Volumes)-len(c.disks)+i]] = i
		}
		b.result.Problem.Pods = append(b.result.Problem.Pods, pod)
	}
}

// mount gives a pod its own claim of a template, in the volume of that name.
func (b *builder) mount(pod *corev1.Pod, disk corev1.PersistentVolumeClaim) {
	claim := disk.Name + "-" + pod.Name
	volume := corev1.Volume{Name: disk.Name, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim},
	}}
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == disk.Name })
	pod.Spec.Volumes = append(pod.Spec.Volumes, volume)
	id := [2]string{namespaceOf(pod.Namespace), claim}
	if !b.claimed[id] {
		b.claimed[id] = true
		storage := &b.result.Problem.Storage
		storage.Claims = append(storage.Claims, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: id[0], Name: id[1]}, Spec: *disk.Spec.DeepCopy()})
	}
}
