package lint

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadmeCompiles vets the Go program of README.md as if it were in the
// examples folder. An overlay puts it there: nothing is written to the tree.
func TestReadmeCompiles(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(readme), "```go\n")
	require.True(t, found, "README.md has no Go program")
	program, _, found := strings.Cut(rest, "```")
	require.True(t, found, "the Go program of README.md has no end")

	require.NoError(t, vet(t, program))
	require.Error(t, vet(t, strings.Replace(program, "solver.Solve(", "solver.Slove(", 1)), "the test does not see faults")
}

func vet(t *testing.T, program string) error {
	dir, err := filepath.Abs(filepath.Join(root, "examples"))
	require.NoError(t, err)
	onDisk := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(onDisk, []byte(program), 0o600))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(dir, "readme.go"): onDisk}})
	require.NoError(t, err)
	overlayFile := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))
	cmd := exec.Command("go", "vet", "-overlay", overlayFile, dir)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	return err
}
