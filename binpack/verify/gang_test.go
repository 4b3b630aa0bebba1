package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
)

// gang makes pods one gang by the label job.
func (c *verifyCase) gang(pods ...*corev1.Pod) {
	c.problem.GangLabel = "job"
	for _, pod := range pods {
		pod.Labels = map[string]string{"job": "7"}
	}
}

// leaveWeb leaves some of the replicas on the second node.
func (c *verifyCase) leaveWeb(n int) {
	c.plan.Launches[1].Pods[1].Count -= n
	if c.plan.Launches[1].Pods[1].Count == 0 {
		c.plan.Launches[1].Pods = c.plan.Launches[1].Pods[:1]
	}
	c.plan.Unschedulable = append(c.plan.Unschedulable, binpack.Unschedulable{Pod: c.template, Count: n})
}

func TestVerifyHoldsGangs(t *testing.T) {
	for name, test := range map[string]struct {
		want binpack.Reason
		set  func(*verifyCase)
	}{
		"whole":              {"", func(c *verifyCase) { c.gang(c.pods[0], c.pods[1], c.template) }},
		"a pod left":         {binpack.Gang, func(c *verifyCase) { c.gang(c.pods...); c.leave(1) }},
		"another pod left":   {"", func(c *verifyCase) { c.gang(c.pods[0], c.template); c.leave(1) }},
		"a replica left":     {binpack.Gang, func(c *verifyCase) { c.gang(c.template); c.leaveWeb(1) }},
		"left for a replica": {binpack.Gang, func(c *verifyCase) { c.gang(c.pods[0], c.template); c.leaveWeb(2) }},
		"all left":           {"", func(c *verifyCase) { c.gang(c.pods[1]); c.leave(1) }},
		"of two values":      {"", func(c *verifyCase) { c.gang(c.pods...); c.pods[0].Labels["job"] = "8"; c.leave(1) }},
		"of two namespaces":  {"", func(c *verifyCase) { c.gang(c.pods...); c.pods[0].Namespace = "blue"; c.leave(1) }},
		"no gangs":           {"", func(c *verifyCase) { c.gang(c.pods...); c.problem.GangLabel = ""; c.leave(1) }},
		"one without value": {binpack.Gang, func(c *verifyCase) {
			c.gang(c.pods...)
			c.pods[0].Labels["job"], c.pods[1].Labels["job"] = "", ""
			c.leave(1)
		}},
		"no replicas wanted": {"", func(c *verifyCase) {
			c.gang(c.pods[0], c.template)
			c.problem.Workloads[0].Replicas = 0
			c.plan.Launches[0].Pods = c.plan.Launches[0].Pods[:1]
			c.plan.Launches[1].Pods = c.plan.Launches[1].Pods[:1]
		}},
		"one that waits for its gates": {binpack.Gang, func(c *verifyCase) {
			c.gang(c.pods...)
			c.pods[1].Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "wait"}}
			c.leave(1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			test.set(c)
			verified(t, c, test.want)
		})
	}
}

func TestVerifySaysHowManyOfAGang(t *testing.T) {
	c := newVerifyCase()
	c.gang(c.pods[0], c.template)
	c.leaveWeb(2)
	require.EqualError(t, verify.Plan(context.Background(), c.problem, c.plan), "plan: Gang: pod default/a: metadata.labels[job]: default/7: 2 placed, 2 not")
}
