package solver_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/internal/technique"
	"github.com/stowage/stowage/binpack/solver"
)

var (
	ablation = flag.String("ablation", "", "pattern of the problem files that TestAblation solves again without each part of the method; \"drawn\": problems of each class, drawn")
	drawn    = flag.Int("drawn", 2, "problems of each class that -ablation drawn draws")
	class    = flag.String("class", "", "regular expression of the classes that -ablation drawn draws")
	part     = flag.String("part", "", "regular expression of the parts that -ablation leaves out")
)

// TestAblation prints what each part of the method is worth: over the problem files
// that -ablation names, at the default work, what plans cost and bounds prove when
// it alone is left out.
func TestAblation(t *testing.T) {
	if *ablation == "" {
		t.Skip("takes minutes; say which problem files with -ablation")
	}
	problems := problemsOf(t)
	whole := solveAll(t, problems, solver.Solver{})
	table := "\n| without | mean gap | worst gap | cost, mean | cost, worst | bound, mean | dearer | cheaper |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n" +
		ablated("nothing", whole, whole)
	for one := range technique.Count {
		if !regexp.MustCompile(*part).MatchString(one.String()) {
			continue
		}
		t.Run(one.String(), func(t *testing.T) {
			row := ablated(one.String(), whole, solveAll(t, problems, solver.Solver{}.Without(one)))
			t.Log(row)
			table += row
		})
	}
	t.Log(table)
}

// problemsOf returns the problems that -ablation names.
func problemsOf(t *testing.T) []binpack.Problem {
	var problems []binpack.Problem
	if *ablation == "drawn" {
		for _, c := range drawnClasses(t) {
			if !regexp.MustCompile(*class).MatchString(c.name) {
				continue
			}
			for seed := range *drawn {
				problems = append(problems, c.draw(uint64(seed+1)))
			}
		}
		return problems
	}
	files, err := filepath.Glob(*ablation)
	require.NoError(t, err)
	for _, file := range files {
		problems = append(problems, problemtest.ReadProblem(t, file))
	}
	require.NotEmpty(t, problems)
	return problems
}

// TestTechniquesAreAskedFor: one that nothing asks for would look worthless in the
// table.
func TestTechniquesAreAskedFor(t *testing.T) {
	names := regexp.MustCompile(`(?m)^\t\t(\w+): +"`)
	declared, err := os.ReadFile(filepath.Join("..", "internal", "technique", "technique.go"))
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join("..", "internal", "*", "*.go"))
	require.NoError(t, err)
	asked := ""
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		asked += string(text)
	}
	found := names.FindAllSubmatch(declared, -1)
	require.Len(t, found, int(technique.Count))
	for _, name := range found {
		require.Contains(t, asked, "Uses(technique."+string(name[1])+")")
	}
}

func solveAll(t *testing.T, problems []binpack.Problem, s solver.Solver) []binpack.Plan {
	var plans []binpack.Plan
	for _, p := range problems {
		plan, err := s.Solve(context.Background(), p)
		require.NoError(t, err)
		plans = append(plans, plan)
	}
	return plans
}

// ablated is a row of the table: gaps in percent, and by how much costs and bounds
// differ from those of the whole method.
func ablated(name string, whole, without []binpack.Plan) string {
	var gap, worst, cost, dearest, bound float64
	var dearer, cheaper int
	for i, w := range whole {
		o := without[i]
		gap += o.Gap()
		worst = max(worst, o.Gap())
		more := ratio(o.Cost.USD(), w.Cost.USD()) - 1
		cost, dearest = cost+more, max(dearest, more)
		bound += ratio(o.LowerBound.USD(), w.LowerBound.USD()) - 1
		if o.Cost > w.Cost {
			dearer++
		} else if o.Cost < w.Cost {
			cheaper++
		}
	}
	percent := func(sum float64, n int) string { return fmt.Sprintf("%.2f %%", 100*sum/float64(n)) }
	n := len(whole)
	columns := []string{name, percent(gap, n), percent(worst, 1), percent(cost, n), percent(dearest, 1), percent(bound, n), fmt.Sprint(dearer), fmt.Sprint(cheaper)}
	return "| " + strings.Join(columns, " | ") + " |\n"
}

// ratio is a / b, and 1 where both are 0.
func ratio(a, b float64) float64 {
	if a == b {
		return 1
	}
	return a / math.Max(b, 1e-9)
}
