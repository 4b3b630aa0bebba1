package manifest

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/stowage/stowage/binpack/manifest/internal/karpenter"
)

// sort puts each object where it is looked for.
func (b *builder) sort(objects []object) {
	p := &b.result.Problem
	for _, o := range objects {
		switch v := o.value.(type) {
		case *corev1.Pod:
			b.pods = append(b.pods, o)
		case *corev1.Node:
			b.nodeObjects = append(b.nodeObjects, o)
		case *karpenter.NodeClaim:
			b.claims = append(b.claims, o)
		case *karpenter.NodePool:
			b.pools = append(b.pools, o)
		case *karpenter.NodeOverlay:
			b.overlays = append(b.overlays, o)
		case *karpenter.EC2NodeClass, *karpenter.AutoNodeClass:
			b.classes = append(b.classes, o)
		case *autoscalingv2.HorizontalPodAutoscaler, *autoscalingv1.HorizontalPodAutoscaler:
			b.scalers = append(b.scalers, o)
		case *corev1.Namespace:
			p.Namespaces = append(p.Namespaces, v)
		case *corev1.PersistentVolume:
			p.Storage.Volumes = append(p.Storage.Volumes, v)
		case *corev1.PersistentVolumeClaim:
			c := *v
			c.Namespace = namespaceOf(c.Namespace)
			b.claimed[[2]string{c.Namespace, c.Name}] = true
			p.Storage.Claims = append(p.Storage.Claims, &c)
		case *storagev1.StorageClass:
			p.Storage.Classes = append(p.Storage.Classes, v)
			b.classObjects[v.Name] = o
		case *storagev1.CSINode:
			p.Storage.Nodes = append(p.Storage.Nodes, v)
		case *storagev1.VolumeAttachment:
			p.Storage.Attachments = append(p.Storage.Attachments, v)
		default:
			b.sortRest(o)
		}
	}
}

func (b *builder) sortRest(o object) {
	switch v := o.value.(type) {
	case *corev1.LimitRange:
		ns := namespaceOf(v.Namespace)
		b.limits[ns] = append(b.limits[ns], o)
		if slices.ContainsFunc(v.Spec.Limits, func(i corev1.LimitRangeItem) bool {
			return len(i.Min)+len(i.Max)+len(i.MaxLimitRequestRatio) > 0
		}) {
			b.notes.note(o, "spec.limits", "give defaults; that pods keep to them is not checked")
		}
	case *schedulingv1.PriorityClass:
		b.priorities[v.Name] = v.Value
		if v.GlobalDefault {
			b.usual = v.Name
		}
	case *nodev1.RuntimeClass:
		b.runtimes[v.Name] = v
	case *corev1.ResourceQuota:
		b.notes.skip(o, "is not applied: it may keep pods from being made", false)
	case *policyv1.PodDisruptionBudget:
		b.notes.skip(o, "has no say in what is launched", false)
	case *appsv1.DaemonSet:
		b.add(&controller{object: o, meta: &v.ObjectMeta, template: &v.Spec.Template, at: "spec.template", daemon: true})
	case *appsv1.Deployment:
		b.add(&controller{object: o, meta: &v.ObjectMeta, template: &v.Spec.Template, at: "spec.template", stated: v.Spec.Replicas, selector: v.Spec.Selector})
	case *appsv1.ReplicaSet:
		b.add(&controller{object: o, meta: &v.ObjectMeta, template: &v.Spec.Template, at: "spec.template", stated: v.Spec.Replicas})
	case *corev1.ReplicationController:
		c := &controller{object: o, meta: &v.ObjectMeta, template: v.Spec.Template, at: "spec.template", stated: v.Spec.Replicas}
		if c.template == nil {
			c.template = &corev1.PodTemplateSpec{}
		}
		b.add(c)
	case *appsv1.StatefulSet:
		c := &controller{object: o, meta: &v.ObjectMeta, template: &v.Spec.Template, at: "spec.template", stated: v.Spec.Replicas, disks: v.Spec.VolumeClaimTemplates}
		if v.Spec.Ordinals != nil {
			c.first = int(v.Spec.Ordinals.Start)
		}
		b.add(c)
	case *batchv1.Job:
		b.add(&controller{object: o, meta: &v.ObjectMeta, template: &v.Spec.Template, at: "spec.template", stated: v.Spec.Parallelism, job: true, most: mostOf(v)})
	case *batchv1.CronJob:
		job := batchv1.Job{Spec: v.Spec.JobTemplate.Spec}
		if v.Spec.Suspend != nil && *v.Spec.Suspend {
			job.Spec.Suspend = v.Spec.Suspend
		}
		b.add(&controller{
			object: o, meta: &v.ObjectMeta, template: &v.Spec.JobTemplate.Spec.Template, at: "spec.jobTemplate.spec.template",
			stated: job.Spec.Parallelism, job: true, most: mostOf(&job),
		})
	}
}

// mostOf returns how many pods a job may have at most; -1: any number.
func mostOf(job *batchv1.Job) int {
	if job.Spec.Suspend != nil && *job.Spec.Suspend {
		return 0
	}
	for _, c := range job.Status.Conditions {
		if (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue {
			return 0
		}
	}
	if job.Spec.Completions == nil {
		return -1
	}
	return int(max(0, *job.Spec.Completions-job.Status.Succeeded))
}
