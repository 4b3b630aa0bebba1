package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

func mounts(pod *corev1.Pod, claims ...string) {
	for _, name := range claims {
		source := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{VolumeSource: source})
	}
}

// attaches states how many volumes a node attaches.
func (c *verifyCase) attaches(n string) {
	c.problem.Catalog[0].Capacity["attachable-volumes-csi-ebs"] = resource.MustParse(n)
}

// TestVerifyHoldsVolumes: all nodes of the plan are in zone-a.
func TestVerifyHoldsVolumes(t *testing.T) {
	for name, test := range map[string]struct {
		want binpack.Reason
		set  func(*verifyCase)
	}{
		"bound in the zone":       {"", func(c *verifyCase) { mounts(c.pods[1], "bound-zone-a") }},
		"bound in another":        {binpack.VolumeZone, func(c *verifyCase) { mounts(c.pods[1], "bound-zone-b") }},
		"one of two in another":   {binpack.VolumeZone, func(c *verifyCase) { mounts(c.pods[1], "anywhere", "bound-zone-b") }},
		"may be made in the zone": {"", func(c *verifyCase) { mounts(c.template, "waits-zone-a") }},
		"may be made in another":  {binpack.VolumeZone, func(c *verifyCase) { mounts(c.template, "waits-zone-b") }},
		"may be made anywhere":    {"", func(c *verifyCase) { mounts(c.template, "anywhere") }},
		"own, made in the zone":   {"", func(c *verifyCase) { problemtest.MountsOwn(c.template, "in-zone-a") }},
		"own, made in another":    {binpack.VolumeZone, func(c *verifyCase) { problemtest.MountsOwn(c.template, "in-zone-b") }},
		"not made yet":            {binpack.VolumeZone, func(c *verifyCase) { mounts(c.pods[1], "at-once") }},
		"own, not made with it":   {binpack.VolumeZone, func(c *verifyCase) { problemtest.MountsOwn(c.pods[1], "at-once") }},
		"no such claim":           {binpack.Unsupported, func(c *verifyCase) { mounts(c.pods[1], "missing") }},
		"no such claim here":      {binpack.Unsupported, func(c *verifyCase) { c.pods[1].Namespace = "blue"; mounts(c.pods[1], "anywhere") }},
		"no such volume":          {binpack.Unsupported, func(c *verifyCase) { mounts(c.pods[1], "of-no-volume") }},
		"no such class":           {binpack.Unsupported, func(c *verifyCase) { mounts(c.pods[1], "of-no-class") }},
		"own, no such class":      {binpack.Unsupported, func(c *verifyCase) { problemtest.MountsOwn(c.pods[1], "missing") }},
		"a disk without claim": {binpack.Unsupported, func(c *verifyCase) {
			c.pods[1].Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{Cinder: &corev1.CinderVolumeSource{}}}}
		}},
		"left, no such claim":       {"", func(c *verifyCase) { mounts(c.pods[1], "missing"); c.leave(1) }},
		"a daemon's":                {"", func(c *verifyCase) { mounts(c.daemon("0"), "anywhere"); c.roomForDaemons() }},
		"alike but for the volumes": {binpack.VolumeZone, func(c *verifyCase) { c.twins(); mounts(c.pods[1], "bound-zone-b") }},

		"attached, no number stated":    {"", func(c *verifyCase) { mounts(c.template, "anywhere") }},
		"attached, as many as there be": {"", func(c *verifyCase) { mounts(c.template, "anywhere"); c.attaches("2") }},
		"attached once for all":         {"", func(c *verifyCase) { mounts(c.template, "anywhere"); c.attaches("1") }},
		"attached, one too many":        {binpack.InsufficientResources, func(c *verifyCase) { mounts(c.template, "anywhere"); c.attaches("0") }},
		"two to a pod":                  {binpack.InsufficientResources, func(c *verifyCase) { mounts(c.pods[0], "anywhere", "waits-zone-a"); c.attaches("1") }},
		"attached, bound":               {binpack.InsufficientResources, func(c *verifyCase) { mounts(c.pods[0], "bound-zone-a"); c.attaches("0") }},
		"own, attached":                 {binpack.InsufficientResources, func(c *verifyCase) { problemtest.MountsOwn(c.template, "anywhere"); c.attaches("1") }},
		"another driver's": {"", func(c *verifyCase) {
			mounts(c.template, "anywhere")
			c.problem.Catalog[0].Capacity["attachable-volumes-csi-efs"] = resource.MustParse("0")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			c.problem.Storage = problemtest.Storage()
			test.set(c)
			verified(t, c, test.want)
		})
	}
}

// leave leaves a pod that is first on the second node.
func (c *verifyCase) leave(pod int) {
	c.plan.Launches[1].Pods = c.plan.Launches[1].Pods[1:]
	c.plan.Unschedulable = []binpack.Unschedulable{{Pod: c.pods[pod], Count: 1}}
}

// twins makes the two pods alike.
func (c *verifyCase) twins() {
	c.pods[0].Spec.NodeSelector = nil
	c.pods[0].Spec.Containers = c.pods[1].Spec.Containers
}

func TestVerifySaysWhichVolume(t *testing.T) {
	c := newVerifyCase()
	c.problem.Storage = problemtest.Storage()
	mounts(c.pods[0], "anywhere", "bound-zone-b")
	mounts(c.pods[1], "missing")
	require.EqualError(t, verify.Plan(context.Background(), c.problem, c.plan),
		"Launches[0]: VolumeZone: pod default/a: spec.volumes[1].persistentVolumeClaim: topology.kubernetes.io/zone In zone-b\n"+
			"Launches[1]: Unsupported: pod default/b: spec.volumes[0].persistentVolumeClaim: no PersistentVolumeClaim default/missing")
}

// TestVerifyBoundKnowsVolumes: five pods of 700m need three nodes of two each at
// 96, or by their volumes others.
func TestVerifyBoundKnowsVolumes(t *testing.T) {
	for name, test := range map[string]struct {
		bound catalog.Price
		set   func(*binpack.Problem, *corev1.Pod)
	}{
		"anywhere":             {288, func(_ *binpack.Problem, web *corev1.Pod) { mounts(web, "anywhere") }},
		"in the cheap zone":    {288, func(_ *binpack.Problem, web *corev1.Pod) { mounts(web, "bound-zone-a") }},
		"in the dear zone":     {360, func(_ *binpack.Problem, web *corev1.Pod) { mounts(web, "bound-zone-b") }},
		"made in the dear one": {360, func(_ *binpack.Problem, web *corev1.Pod) { problemtest.MountsOwn(web, "in-zone-b") }},
		"one for all, attached once": {288, func(p *binpack.Problem, web *corev1.Pod) {
			mounts(web, "anywhere")
			p.Catalog[0].Capacity["attachable-volumes-csi-ebs"] = resource.MustParse("1")
		}},
		"one attached to a node": {480, func(p *binpack.Problem, web *corev1.Pod) {
			problemtest.MountsOwn(web, "anywhere")
			p.Catalog[0].Capacity["attachable-volumes-csi-ebs"] = resource.MustParse("1")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			p.Storage = problemtest.Storage()
			p.Catalog[0].Offerings[1].Price, p.Catalog[0].Offerings[1].Unavailable = 120, false
			test.set(&p, p.Workloads[0].Pod)
			plan.Cost, plan.LowerBound = test.bound, test.bound
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			plan.Cost, plan.LowerBound = plan.Cost+1, plan.LowerBound+1
			require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
		})
	}
}
