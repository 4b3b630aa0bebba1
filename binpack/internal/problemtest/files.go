package problemtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Problems returns the names of the problem files.
func Problems(t testing.TB) []string {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "problems", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".json")
	}
	return files
}

func Problem(t testing.TB, name string) binpack.Problem {
	return ReadProblem(t, filepath.Join("..", "testdata", "problems", name+".json"))
}

func ReadProblem(t testing.TB, path string) binpack.Problem {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	p, err := problemfile.Read(f)
	require.NoError(t, err)
	return p
}

// Drawn draws a problem and logs it as a file that examples/plan reads.
func Drawn(t *rapid.T, size gen.Size) binpack.Problem {
	p := gen.Problems(size).Draw(t, "problem")
	var text strings.Builder
	require.NoError(t, problemfile.Write(&text, p))
	t.Log(text.String())
	return p
}

func SomeLaunch(t *rapid.T, p *binpack.Plan) *binpack.Launch {
	if len(p.Launches) == 0 {
		return nil
	}
	return &p.Launches[rapid.IntRange(0, len(p.Launches)-1).Draw(t, "launch")]
}

// Reasons returns the codes of the violations in err.
func Reasons(err error) []binpack.Reason {
	var out []binpack.Reason
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			var v *verify.Violation
			if errors.As(e, &v) {
				out = append(out, v.Reason)
			}
		}
	}
	return out
}

// Solved solves and checks what must hold of every plan.
func Solved(t *rapid.T, p binpack.Problem) binpack.Plan {
	plan, err := solver.Solver{Work: 1_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	require.LessOrEqual(t, plan.LowerBound, plan.Cost)
	return plan
}

func LeftOf(plan binpack.Plan) int64 {
	sum := int64(0)
	for _, u := range plan.Unschedulable {
		sum += int64(u.Count)
	}
	return sum
}
