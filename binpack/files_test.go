package binpack_test

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
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// problems returns the names of the problem files.
func problems(t testing.TB) []string {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "problems", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".json")
	}
	return files
}

func problem(t testing.TB, name string) binpack.Problem {
	return readProblem(t, filepath.Join("..", "testdata", "problems", name+".json"))
}

func readProblem(t testing.TB, path string) binpack.Problem {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	p, err := problemfile.Read(f)
	require.NoError(t, err)
	return p
}

// drawn draws a problem and logs it as a file that examples/plan reads.
func drawn(t *rapid.T, size gen.Size) binpack.Problem {
	p := gen.Problems(size).Draw(t, "problem")
	var text strings.Builder
	require.NoError(t, problemfile.Write(&text, p))
	t.Log(text.String())
	return p
}

func someLaunch(t *rapid.T, p *binpack.Plan) *binpack.Launch {
	if len(p.Launches) == 0 {
		return nil
	}
	return &p.Launches[rapid.IntRange(0, len(p.Launches)-1).Draw(t, "launch")]
}

// reasons returns the codes of the violations in err.
func reasons(err error) []binpack.Reason {
	var out []binpack.Reason
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			var v *binpack.Violation
			if errors.As(e, &v) {
				out = append(out, v.Reason)
			}
		}
	}
	return out
}

// solved solves and checks what must hold of every plan.
func solved(t *rapid.T, p binpack.Problem) binpack.Plan {
	plan, err := binpack.Solver{Work: 1_000_000}.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, binpack.Verify(context.Background(), p, plan))
	require.NoError(t, binpack.VerifyBound(context.Background(), p, plan))
	require.LessOrEqual(t, plan.LowerBound, plan.Cost)
	return plan
}

func leftOf(plan binpack.Plan) int64 {
	sum := int64(0)
	for _, u := range plan.Unschedulable {
		sum += int64(u.Count)
	}
	return sum
}
