package conformance

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
)

var update = flag.Bool("update", false, "rewrite testdata/counts.txt")

const (
	seed     = 1
	clusters = 21_200
	shards   = 4
)

// draw returns the cluster of a number, and what it counts as. Every other one
// has rules of one family.
func draw(world World, number int) (row string, c binpack.Problem) {
	r := rand.New(rand.NewPCG(seed, uint64(number)))
	if number%2 == 0 {
		all := All.Each()
		one := all[number/2%len(all)]
		return one.String(), Draw(r, one, world)
	}
	return several, Draw(r, Families(r.Uint64()&r.Uint64()&(r.Uint64()|r.Uint64()))&All, world)
}

// TestStowageAndScheduler asks both about 100,000 pairs of a pod and a node.
func TestStowageAndScheduler(t *testing.T) {
	tallies := make([]Tally, shards)
	t.Run("clusters", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				tallies[shard] = compare(t, shard)
			})
		}
	})
	total := Tally{}
	for _, tally := range tallies {
		total.Merge(tally)
	}
	require.GreaterOrEqual(t, total.Pairs(), 100_000)
	for _, row := range []string{onJoining, withDaemon} {
		require.GreaterOrEqual(t, total[row].Pairs, 5_000, row)
	}
	require.LessOrEqual(t, total[spared].Pairs*50, total.Pairs(), "places that Solve leaves out")
	for row, n := range total {
		if row == spared {
			continue
		}
		require.GreaterOrEqual(t, n.Allowed*100, n.Pairs*15, "too few pairs are allowed: %s", row)
		require.GreaterOrEqual(t, n.Refused*100, n.Pairs*15, "too few pairs are refused by its own plugin: %s", row)
	}
	const file = "testdata/counts.txt"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(total.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), total.String())
}

// resized is the number of clusters with pods that are resized.
const resized = 800

// TestResizes asks both about nodes with pods that are resized in place, as the newest
// libraries of Kubernetes know them.
func TestResizes(t *testing.T) {
	world := NewWorld(rand.New(rand.NewPCG(seed, 0)))
	s, err := NewScheduler(t.Context(), world.Objects())
	require.NoError(t, err)
	asWhole := 0
	for number := range resized {
		c := Draw(rand.New(rand.NewPCG(seed+1, uint64(number))), Resources|Resizes, world)
		answers, err := Compare(t.Context(), s, c)
		require.NoError(t, err)
		fault := CompareRules(c, answers)
		for _, a := range answers {
			fault = cmp.Or(fault, a.Fault())
		}
		if fault != "" {
			t.Fatalf("cluster %d: %s\n%s", number, fault, show(t, s, world, c, fault))
		}
		for _, e := range c.Existing {
			if slices.ContainsFunc(e.Pods, func(pod *corev1.Pod) bool { return pod.Status.Resources != nil }) {
				asWhole++
			}
		}
	}
	require.Greater(t, asWhole, resized/20, "nodes with pods that are resized as a whole")
}

// compare compares the clusters of a shard.
func compare(t *testing.T, shard int) Tally {
	tally := Tally{}
	world := NewWorld(rand.New(rand.NewPCG(seed, 0)))
	s, err := NewScheduler(t.Context(), world.Objects())
	require.NoError(t, err)
	for number := shard; number < clusters; number += shards {
		row, c := draw(world, number)
		answers, err := Compare(t.Context(), s, c)
		if err != nil {
			t.Fatalf("cluster %d: %v\n%s", number, err, show(t, s, world, c, err.Error()))
		}
		if fault := CompareRules(c, answers); fault != "" {
			t.Fatalf("cluster %d: %s\n%s", number, fault, show(t, s, world, c, fault))
		}
		for i, a := range answers {
			if fault := a.Fault(); fault != "" {
				t.Fatalf("cluster %d: %s\n%s", number, fault, show(t, s, world, c, fault))
			}
			tally.Add(row, a)
			tally.AddKinds(a, i < len(c.Existing) && c.Existing[i].Joining)
		}
	}
	return tally
}
