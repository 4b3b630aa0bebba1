package verify_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
)

// TestVerifyRejectsDomainMutations draws plans that keep a rule between pods of
// several nodes and breaks it in one way: a pod moves, is added, or changes its
// labels. Nothing else is broken by that.
func TestVerifyRejectsDomainMutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(domainMutations).Draw(t, "mutation")
		w := newTown()
		breaks(t, m.name, m.want, &w.problem, &w.plan, m.build(t, w))
	})
}

// breaks checks that a plan keeps all rules, and once it is spoilt breaks the wanted
// one and no other.
func breaks(t *rapid.T, name string, want binpack.Reason, p *binpack.Problem, plan *binpack.Plan, spoil func()) {
	require.NoError(t, verify.Plan(context.Background(), *p, *plan), name)
	spoil()
	err := verify.Plan(context.Background(), *p, *plan)
	found := problemtest.Reasons(err)
	require.NotEmpty(t, found, name)
	for _, reason := range found {
		require.Equal(t, want, reason, "%s: %v", name, err)
	}
}

// A domainMutation builds a town whose plan keeps all rules, and returns what
// breaks it.
type domainMutation struct {
	name  string
	want  binpack.Reason
	build func(*rapid.T, *town) func()
}

var domainMutations = []domainMutation{
	{"spread pods moved to another zone", binpack.TopologySpread, func(t *rapid.T, w *town) func() {
		skew := rapid.IntRange(1, 3).Draw(t, "skew")
		each := rapid.IntRange(skew, 6).Draw(t, "pods in each zone")
		spreads(zoneKey, int32(skew))("web")(w.pod("web"))
		for _, zone := range zones {
			w.launch(zone + " db" + strings.Repeat(" web", each))
		}
		return func() { w.move("web", 0, 1, skew/2+1) }
	}},
	{"a spread pod added", binpack.TopologySpread, func(t *rapid.T, w *town) func() {
		skew := rapid.IntRange(1, 3).Draw(t, "skew")
		spreads(zoneKey, int32(skew))("web")(w.pod("web"))
		w.stand("old b")
		for i, n := range []int{skew, 0, rapid.IntRange(0, skew).Draw(t, "in the third")} {
			w.launch(zones[i] + " db" + strings.Repeat(" web", n))
		}
		return func() { w.launch(zones[0] + " web") }
	}},
	{"another pod's labels become those of the spread", binpack.TopologySpread, func(t *rapid.T, w *town) func() {
		spreads(zoneKey, 1)("web")(w.pod("web"))
		w.launch("a web db", "b web", "c mq")
		w.launch(rapid.SampledFrom(zones[:2]).Draw(t, "zone") + " mq")
		return func() { w.pod("db").Labels["app"] = "web" }
	}},
	{"a zone opens that takes part in the spread", binpack.TopologySpread, func(t *rapid.T, w *town) func() {
		n := rapid.IntRange(2, 5).Draw(t, "pods in each zone")
		spreads(zoneKey, 1)("web")(w.pod("web"))
		for _, zone := range zones {
			w.launch(zone + strings.Repeat(" web", n))
		}
		return func() { w.stand("old d") }
	}},
	{"a pod moved to a zone where one repels it", binpack.PodAntiAffinity, func(t *rapid.T, w *town) func() {
		avoids(zoneKey, "db", "web")(w.pod(rapid.SampledFrom([]string{"db", "web"}).Draw(t, "owner")))
		w.launch("a db", "b mq web", "c mq")
		return func() { w.move("web", 1, 0, 1) }
	}},
	{"a pod added where its like is", binpack.PodAntiAffinity, func(t *rapid.T, w *town) func() {
		avoids(zoneKey, "web")(w.pod("web"))
		zone := rapid.IntRange(0, 2).Draw(t, "zone")
		w.launch("a web", "b web", "c web")
		return func() { w.launch(zones[zone] + "/spot web") }
	}},
	{"one on an existing node begins to repel", binpack.PodAntiAffinity, func(t *rapid.T, w *town) func() {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		w.stand("old " + zone + " db")
		w.launch(zone + " web")
		return func() { avoids(zoneKey, "web")(w.problem.Existing[0].Pods[0]) }
	}},
	{"labels begin to be repelled", binpack.PodAntiAffinity, func(t *rapid.T, w *town) func() {
		avoids(zoneKey, "mq")(w.pod("web"))
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		w.launch(zone+" web web", zone+" db", "a db")
		return func() { w.pod("db").Labels["app"] = "mq" }
	}},
	{"a pod moved away from its company", binpack.PodAffinity, func(t *rapid.T, w *town) func() {
		joins(zoneKey, "db")(w.pod("web"))
		n := rapid.IntRange(1, 4).Draw(t, "pods")
		w.launch("a db"+strings.Repeat(" web", n), "b db web", "c mq")
		return func() { w.move("web", 0, 2, 1) }
	}},
	{"company that changes its labels", binpack.PodAffinity, func(t *rapid.T, w *town) func() {
		joins(zoneKey, "db")(w.pod("web"))
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		w.stand("old " + zone + " db")
		w.launch(zone + " web web")
		return func() { w.problem.Existing[0].Pods[0].Labels["app"] = "mq" }
	}},
	{"a second first", binpack.PodAffinity, func(t *rapid.T, w *town) func() {
		joins(rapid.SampledFrom([]string{zoneKey, hostKey, marketKey}).Draw(t, "key"), "web")(w.pod("web"))
		w.launch("a" + strings.Repeat(" web", rapid.IntRange(1, 4).Draw(t, "pods")))
		return func() { w.launch("b/spot web") }
	}},
}

// move takes some pods of an app, at most as many as there are, from one launch
// to another.
func (w *town) move(app string, from, to, n int) {
	source, target := &w.plan.Launches[from], &w.plan.Launches[to]
	for i := 0; i < len(source.Pods) && n > 0; {
		if p := source.Pods[i]; p.Pod == w.pod(app) {
			source.Pods = append(source.Pods[:i:i], source.Pods[i+1:]...)
			target.Pods = append(target.Pods, p)
			n--
		} else {
			i++
		}
	}
}
