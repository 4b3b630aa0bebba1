package solver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
)

// A situation is one that users of autoscalers reported, retold: what is right, and the
// problem in the form of a problem file. Without instance types it has those of its file.
type situation struct {
	Kind    string
	Source  string // number of the situation that it is of
	Name    string
	Text    string
	Want    wanted
	Problem map[string]json.RawMessage
}

// A wanted outcome.
type wanted struct {
	Left  int         // pods
	Cost  json.Number // USD per hour
	Zone  []string    // every node is in one of them; nil: anywhere
	Says  []string    // words of the reasons
	Notes []string    // words of the notes
}

// TestSituations solves the situations of a file, and holds each against what is right.
// The table beside it has expectation and outcome of all.
func TestSituations(t *testing.T) {
	for _, name := range []string{"nodes"} {
		path := filepath.Join("..", "testdata", "situations", name)
		text, err := os.ReadFile(path + ".json")
		require.NoError(t, err)
		var file struct {
			InstanceTypes json.RawMessage
			Situations    []situation
		}
		require.NoError(t, json.Unmarshal(text, &file))
		table := "# Situations that users reported, retold\n\nWritten by TestSituations from " + name + ".json.\n"
		kind := ""
		for _, s := range file.Situations {
			if s.Kind != kind {
				kind = s.Kind
				table += "\n## " + kind + "\n\n| of | situation | right is | outcome |\n| --- | --- | --- | --- |\n"
			}
			if _, own := s.Problem["instanceTypes"]; !own {
				s.Problem["instanceTypes"] = file.InstanceTypes
			}
			t.Run(s.Kind+"/"+s.Name, func(t *testing.T) {
				table += fmt.Sprintf("| %s | %s: %s | %s | %s |\n", s.Source, s.Name, s.Text, s.Want, s.solve(t))
			})
		}
		if *update {
			require.NoError(t, os.WriteFile(path+".md", []byte(table), 0o644))
		}
		golden, err := os.ReadFile(path + ".md")
		require.NoError(t, err)
		require.Equal(t, string(golden), table, "go test ./binpack/solver -run TestSituations -update")
	}
}

func (w wanted) String() string {
	return fmt.Sprintf("%d left, %s USD", w.Left, w.Cost)
}

// solve solves the situation and checks the outcome, which it returns for people.
func (s *situation) solve(t *testing.T) string {
	text, err := json.Marshal(s.Problem)
	require.NoError(t, err)
	p, err := problemfile.Read(bytes.NewReader(text))
	require.NoError(t, err)
	plan, err := solver.Solve(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(t.Context(), p, plan))
	require.NoError(t, verify.Bound(t.Context(), p, plan))
	left, reasons := 0, ""
	for _, u := range plan.Unschedulable {
		left += u.Count
		require.True(t, len(u.Reasons) > 0 || u.Existing != nil, "%s is left without a reason", u.Pod.Name)
		for _, r := range u.Reasons {
			reasons += " " + r.String() + "."
		}
		if u.Existing != nil {
			reasons += " " + u.Existing.String() + "."
		}
	}
	notes := ""
	for _, n := range plan.Notes {
		notes += " " + n.String() + "."
	}
	require.Equal(t, s.Want.Left, left, reasons)
	require.Equal(t, s.Want.Cost.String(), plan.Cost.String())
	for _, l := range plan.Launches {
		require.True(t, s.Want.Zone == nil || slices.Contains(s.Want.Zone, l.Offering.Zone), "%v", l.Offering)
	}
	for _, word := range s.Want.Says {
		require.Contains(t, reasons, word)
	}
	for _, word := range s.Want.Notes {
		require.Contains(t, notes, word)
	}
	require.Equal(t, s.Want.Notes == nil, notes == "", notes)
	out := fmt.Sprintf("%d left, %s USD.%s", left, plan.Cost, reasons)
	if notes != "" {
		out += " Note:" + notes
	}
	return strings.ReplaceAll(out, "|", "\\|")
}
