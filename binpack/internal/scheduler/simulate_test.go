package scheduler

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
)

func read(t testing.TB, name string) binpack.Problem {
	f, err := os.Open(filepath.Join("../../testdata/problems", name+".json"))
	require.NoError(t, err)
	defer f.Close()
	p, err := problemfile.Read(f)
	require.NoError(t, err)
	return p
}

var names = flag.String("names", "c5m5r5-mix-100 constraints-zonespread-100", "")

func TestFirst(t *testing.T) {
	for _, name := range strings.Fields(*names) {
		for _, o := range []Options{{HandOver: true, Seed: 1}, {HandOver: true, Apart: 50 * time.Millisecond, Seed: 2}} {
			r, err := Simulate(t.Context(), read(t, name), Stowage(0), o)
			require.NoError(t, err)
			for _, pod := range r.Outcome.Pods {
				if pod.Fate != "asPlanned" && pod.Fate != "forRules" {
					t.Log(pod.Pod.Name, pod.Planned, pod.Node, pod.Fate, pod.Detail, allNotes.by[pod.Pod.Name][max(0, len(allNotes.by[pod.Pod.Name])-2):])
				}
			}
			clear(allNotes.by)
			allNotes.t0 = time.Now()
			t.Logf("%s %+v: %v", name, o, r)
		}
	}
}
