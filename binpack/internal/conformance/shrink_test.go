package conformance

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// show returns the problem as YAML, without what a fault of this kind does not
// need.
func show(t *testing.T, s *Scheduler, world World, p binpack.Problem, fault string) string {
	t.Helper()
	kind, _, _ := strings.Cut(fault, ":")
	alike := func(fault string) bool { return strings.HasPrefix(fault, kind+":") }
	faulty := func(p binpack.Problem) bool {
		return len(p.Pods) == 1 && len(p.Pools) == 1 && launchesStand(p) && slices.ContainsFunc(faults(t.Context(), s, p), alike)
	}
	text, err := json.Marshal(p)
	require.NoError(t, err)
	for i := 0; ; {
		var tree map[string]any
		require.NoError(t, json.Unmarshal(text, &tree))
		at := i
		if !leaveOut(tree, &at) {
			break
		}
		smaller, err := json.Marshal(tree)
		require.NoError(t, err)
		var q binpack.Problem
		if json.Unmarshal(smaller, &q) == nil && faulty(q) {
			text = smaller
		} else {
			i++
		}
	}
	var q binpack.Problem
	require.NoError(t, json.Unmarshal(text, &q))
	nodes := q.Storage.Nodes
	q.Storage = world.storageOf(q)
	q.Storage.Nodes = nodes
	text, err = json.Marshal(q)
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, json.Unmarshal(text, &tree))
	out, err := yaml.Marshal(stated(tree))
	require.NoError(t, err)
	return strings.Join(faults(t.Context(), s, q), "\n") + "\n" + string(out)
}

// launchesStand reports whether what joining nodes were launched as is still there.
func launchesStand(p binpack.Problem) bool {
	return !slices.ContainsFunc(p.Existing, func(e binpack.ExistingNode) bool {
		return e.Launch != nil && (len(p.Catalog) == 0 || !slices.ContainsFunc(p.Catalog[0].Offerings, func(o catalog.Offering) bool { return o.Zone == e.Launch.Offering.Zone }))
	})
}

// stated returns the tree without what says nothing, or nil. An empty selector
// says something.
func stated(tree any) any {
	switch part := tree.(type) {
	case map[string]any:
		empty := len(part) == 0
		maps.DeleteFunc(part, func(key string, value any) bool {
			part[key] = stated(value)
			return part[key] == nil
		})
		if len(part) == 0 && !empty {
			return nil
		}
	case []any:
		for i := range part {
			part[i] = stated(part[i])
		}
	case string:
		if part == "" {
			return nil
		}
	}
	return tree
}

// leaveOut leaves out the part of a tree that comes at a number in depth-first
// order, and reports whether there is one. Names stay, and what the scheduler was
// told when it was made.
func leaveOut(tree any, number *int) bool {
	found := func() bool { *number--; return *number < 0 }
	switch tree := tree.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(tree)) {
			switch {
			case slices.Contains([]string{"Storage", "Namespaces", "Name", "name", "uid", "ephemeral", "persistentVolumeClaim", "Launch"}, key):
				continue
			case key != "metadata" && found():
				delete(tree, key)
				return true
			}
			if list, ok := tree[key].([]any); ok {
				for i := range list {
					if found() {
						tree[key] = slices.Delete(list, i, i+1)
						return true
					}
				}
			}
			if leaveOut(tree[key], number) {
				return true
			}
		}
	case []any:
		for _, part := range tree {
			if leaveOut(part, number) {
				return true
			}
		}
	}
	return false
}

// faults returns how Stowage's answers to a problem differ from the
// scheduler's; none where it is not valid or the API server takes no such pod.
func faults(ctx context.Context, s *Scheduler, p binpack.Problem) []string {
	if p.Validate() != nil {
		return nil
	}
	if _, err := s.Ask(ctx, p, Places(p)); err != nil {
		return nil
	}
	answers, err := Compare(ctx, s, p)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, a := range answers {
		if fault := a.Fault(); fault != "" {
			out = append(out, fault)
		}
	}
	if fault := CompareRules(p, answers); fault != "" {
		out = append(out, fault)
	}
	return out
}
