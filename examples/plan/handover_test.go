package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHandover writes the steps of a plan: every replica is nominated once, and all
// nodes are released at once, after some pods with rules were bound.
func TestHandover(t *testing.T) {
	path := filepath.Join(t.TempDir(), "steps.json")
	plan(t, 0, "-time", "0", "-handover", path, problem("constraints-zonespread-100"))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var file steps
	require.NoError(t, json.Unmarshal(data, &file))
	require.Len(t, file.Steps, 1)
	s := file.Steps[0]
	require.Equal(t, []string{"*"}, s.Release)
	type replica struct {
		pod string
		n   int
	}
	node := map[replica]string{}
	for _, a := range s.Nominate {
		require.NotContains(t, node, replica{a.Pod, a.Replica})
		node[replica{a.Pod, a.Replica}] = a.Node
	}
	require.Len(t, node, 100)
	require.NotEmpty(t, s.Bind)
	for _, a := range s.Bind {
		require.Equal(t, node[replica{a.Pod, a.Replica}], a.Node)
	}

	_, errs := plan(t, 1, "-handover", filepath.Join(t.TempDir(), "no", "such", "folder"), leftovers)
	require.Contains(t, errs, "no such file or directory")
}
