package solver_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/verify"
)

// TestField plays situations that users of autoscalers reported (situations.csv: problem
// file, source, what is right in words, and as a plan), and keeps the table of them as a
// golden file. Each plan and bound is verified.
func TestField(t *testing.T) {
	const dir = "testdata/field"
	list, err := os.ReadFile(filepath.Join(dir, "situations.csv"))
	require.NoError(t, err)
	table := "# Situations from the field\n\n| situation | source | what is right | plan |\n| --- | --- | --- | --- |\n"
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		fields := strings.Split(line, "|")
		require.Len(t, fields, 4)
		t.Run(fields[0], func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, fields[0]+".json"))
			require.NoError(t, err)
			defer f.Close()
			p, err := problemfile.Read(f)
			require.NoError(t, err)
			plan, err := quick.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			require.Equal(t, fields[3], inALine(plan))
			table += fmt.Sprintf("| %s | %s | %s | %s |\n", fields[0], fields[1], fields[2], inALine(plan))
		})
	}
	golden := filepath.Join(dir, "README.md")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(table), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), table)
}

// inALine returns a plan in a line: where pods go, and why some are left.
func inALine(plan binpack.Plan) string {
	var parts []string
	for _, l := range plan.Launches {
		where := fmt.Sprintf("%d in %s", l.Nodes(), l.Offering.Zone)
		for _, key := range slices.Sorted(maps.Keys(l.Labels)) {
			where += " " + key + "=" + l.Labels[key]
		}
		parts = append(parts, where+": "+podsIn(l.Pods))
	}
	for _, n := range plan.Nominations {
		parts = append(parts, "on "+n.Node.Name+": "+podsIn(n.Pods))
	}
	for _, u := range plan.Unschedulable {
		reason := u.Reasons[0]
		text := fmt.Sprintf("left %d %s: %s", u.Count, u.Pod.Name, reason.Reason)
		if reason.Reason == binpack.VolumeZone {
			text += fmt.Sprintf(" (%s; waiting may help: %t)", reason.Detail.Rule, reason.Temporary())
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func podsIn(on []binpack.Placement) string {
	var parts []string
	for _, p := range on {
		parts = append(parts, fmt.Sprint(p.Count, " ", p.Pod.Name))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}
