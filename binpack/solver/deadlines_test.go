package solver_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

var deadlines = flag.String("deadlines", "", "print how much Solve overruns deadlines: on the files of these patterns, parted by commas, and on drawn problems")

// TestDeadlines: Solve returns a plan or the context's error, whenever the context ends. With
// a pattern of problem files it measures how late that is, beyond the deadline:
//
//	go test ./binpack/solver -run TestDeadlines -deadlines '../testdata/problems/*.json' -timeout 0
//
// Times are of the wall: the machine must be idle.
func TestDeadlines(t *testing.T) {
	const drawn = 200
	problems := []binpack.Problem{gen.MixRules(0, 200, 20)}
	names := []string{"drawn 0"}
	if *deadlines != "" {
		for seed := range uint64(drawn) {
			problems = append(problems, gen.MixRules(1+seed, 50+int(seed)*20, 5+int(seed)))
			names = append(names, fmt.Sprint("drawn ", 1+seed))
		}
		var files []string
		for pattern := range strings.SplitSeq(*deadlines, ",") {
			some, err := filepath.Glob(pattern)
			require.NoError(t, err)
			files = append(files, some...)
		}
		for _, name := range files {
			f, err := os.Open(name)
			require.NoError(t, err)
			p, err := problemfile.Read(f)
			f.Close()
			if err == nil { // else it is refused
				problems, names = append(problems, p), append(names, filepath.Base(name))
			}
		}
	}
	fmt.Println("| deadline | p50 | p95 | most | beyond 10 % and 20 ms |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: |")
	for _, deadline := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, time.Second} {
		var late []time.Duration
		beyond := 0
		for i, p := range problems {
			l := overrun(t, p, deadline)
			late = append(late, l)
			if l > deadline/10+20*time.Millisecond {
				beyond++
				t.Logf("%s: %v after %v", names[i], l, deadline)
			}
		}
		slices.Sort(late)
		at := func(part int) time.Duration { return late[(len(late)-1)*part/100].Round(100 * time.Microsecond) }
		fmt.Printf("| %v | %v | %v | %v | %d of %d |\n", deadline, at(50), at(95), at(100), beyond, len(late))
	}
}

// overrun returns how much later than the deadline Solve returns.
func overrun(t *testing.T, p binpack.Problem, deadline time.Duration) time.Duration {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	start := time.Now()
	plan, err := solver.Solver{Work: -1}.Solve(ctx, p)
	late := time.Since(start) - deadline
	if err != nil {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	} else {
		require.NoError(t, verify.Plan(context.Background(), p, plan))
	}
	return max(late, 0)
}
