package solver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
)

// changed returns the problem with a change for a pod, and for all that are alike:
// at the path stands the value.
func changed(t require.TestingT, p binpack.Problem, pod *corev1.Pod, c binpack.Change) binpack.Problem {
	p.Pods, p.Workloads, p.Pools, p.Quotas = slices.Clone(p.Pods), slices.Clone(p.Workloads), slices.Clone(p.Pools), slices.Clone(p.Quotas)
	name, path, list := c.Path, "", 0
	if _, err := fmt.Sscanf(name, "Pools[%d]", &list); err == nil {
		_, path, _ = strings.Cut(name, ".")
		place(t, &p.Pools[list], path, c.Value)
		return p
	}
	if _, err := fmt.Sscanf(name, "Quotas[%d]", &list); err == nil {
		_, path, _ = strings.Cut(name, ".")
		place(t, &p.Quotas[list], path, c.Value)
		return p
	}
	other := func(old *corev1.Pod) *corev1.Pod {
		if !alike(old, pod) {
			return old
		}
		changed := old.DeepCopy()
		place(t, changed, name, c.Value)
		return changed
	}
	for i := range p.Pods {
		p.Pods[i] = other(p.Pods[i])
	}
	for i := range p.Workloads {
		p.Workloads[i].Pod = other(p.Workloads[i].Pod)
	}
	return p
}

// alike reports whether pods differ in nothing but their names.
func alike(a, b *corev1.Pod) bool {
	a, b = a.DeepCopy(), b.DeepCopy()
	a.Name, b.Name = "", ""
	return a.String() == b.String()
}

// place puts a value at a path of an object, or leaves out what is there.
func place(t require.TestingT, object any, path, value string) {
	text, err := json.Marshal(object)
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(text, &tree))
	keys := strings.FieldsFunc(pathKeys(path), func(r rune) bool { return r == '\x00' })
	text, err = json.Marshal(placed(tree, keys, value))
	require.NoError(t, err)
	switch o := object.(type) {
	case *binpack.Pool:
		*o = binpack.Pool{}
	case *binpack.Quota:
		*o = binpack.Quota{}
	case *corev1.Pod:
		*o = corev1.Pod{}
	}
	require.NoError(t, json.Unmarshal(text, object))
}

// pathKeys separates the parts of a path by zeros. Keys in brackets have dots.
func pathKeys(path string) string {
	var b strings.Builder
	inside := false
	for _, r := range path {
		switch {
		case r == '[' || r == ']':
			inside = r == '['
			b.WriteByte(0)
		case r == '.' && !inside:
			b.WriteByte(0)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// placed returns the tree with the value in the place of what the keys lead to.
func placed(tree any, keys []string, value string) any {
	if len(keys) == 0 {
		return parsed(tree, value)
	}
	if n, err := strconv.Atoi(keys[0]); err == nil {
		list, _ := tree.([]any)
		if n == len(list) {
			list = append(list, nil)
		}
		if len(keys) == 1 && value == "" {
			return slices.Delete(list, n, n+1)
		}
		list[n] = placed(list[n], keys[1:], value)
		return list
	}
	fields, _ := tree.(map[string]any)
	if fields == nil {
		fields = map[string]any{}
	}
	key := keys[0]
	for k := range maps.Keys(fields) {
		if strings.EqualFold(k, key) {
			key = k
		}
	}
	if len(keys) == 1 && value == "" {
		delete(fields, key)
	} else {
		fields[key] = placed(fields[key], keys[1:], value)
	}
	return fields
}

// parsed returns a value of the kind that is there: a number, a toleration as it
// is written for a taint, or a string.
func parsed(there any, value string) any {
	if _, is := there.(float64); is {
		return json.Number(value)
	}
	what, effect, taint := strings.Cut(value, ":")
	if there != nil || !taint {
		return value
	}
	key, v, _ := strings.Cut(what, "=")
	return map[string]any{"key": key, "value": v, "effect": effect}
}

// TestChangesDoAway: with the change that a reason tells of, no rule about nodes is
// between pod and pool any more.
func TestChangesDoAway(t *testing.T) {
	ofNodes := []binpack.Reason{binpack.NodeAffinity, binpack.UntoleratedTaint, binpack.HostPort, binpack.InsufficientResources, binpack.VolumeZone}
	solver := solver.Solver{Work: 1}
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, gen.Small().With(gen.All()))
		plan, err := solver.Solve(context.Background(), p)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, u := range plan.Unschedulable {
			for pool, r := range u.Reasons {
				if r.Detail.Change == nil || !slices.Contains(ofNodes, r.Reason) || seen[r.String()] {
					continue
				}
				seen[r.String()] = true
				q := changed(t, p, u.Pod, *r.Detail.Change)
				after, err := solver.Solve(context.Background(), q)
				require.NoError(t, err, r)
				for _, still := range after.Unschedulable {
					if still.Pod.Name == u.Pod.Name {
						require.NotContains(t, ofNodes, still.Reasons[pool].Reason, "%s, but with the change %s", r, still.Reasons[pool])
					}
				}
			}
		}
	})
}

// TestChanged is of the tests themselves.
func TestChanged(t *testing.T) {
	web := deployment(1, "web", cpu("2"), selecting(keyZone, "z"))
	p := problemtest.Small()
	p.Workloads = []binpack.Workload{web, deployment(1, "db")}
	to := func(path, value string) binpack.Problem {
		return changed(t, p, web.Pod, binpack.Change{Path: path, Value: value})
	}
	require.Empty(t, to("spec.nodeSelector["+keyZone+"]", "").Workloads[0].Pod.Spec.NodeSelector)
	require.Equal(t, "1", to("spec.containers[0].resources.requests[cpu]", "1").Workloads[0].Pod.Spec.Containers[0].Resources.Requests.Cpu().String())
	require.Equal(t, []corev1.Toleration{{Key: "team", Value: "a", Effect: corev1.TaintEffectNoSchedule}}, to("spec.tolerations[0]", "team=a:NoSchedule").Workloads[0].Pod.Spec.Tolerations)
	require.Equal(t, labelsOf("example.com/x", "y"), to("Pools[0].labels[example.com/x]", "y").Pools[0].Labels)
	require.Equal(t, int32(7), to("Pools[0].weight", "7").Pools[0].Weight)
	require.Same(t, p.Workloads[1].Pod, to("spec.hostNetwork", "").Workloads[1].Pod, "others stay as they are")
}
