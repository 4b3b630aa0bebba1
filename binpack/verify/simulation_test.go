package verify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
)

// TestVerifyAsPodByPod compares Verify, which counts, with rules that are read
// pod by pod off the words that describe a town, all orders of binding tried.
func TestVerifyAsPodByPod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSimulation(t)
		w := newTown()
		for _, r := range s.rules {
			r.apply()(w.pod(r.owner))
		}
		for _, n := range s.nodes {
			words := append([]string{n.zone}, s.on(n, true)...)
			if n.name != "" {
				words = slices.Concat([]string{n.name, n.zone}, s.on(n, false), []string{"|"}, s.on(n, true))
				w.stand(strings.Join(words, " "))
				continue
			}
			words[0] += map[string]string{"spot": "/spot"}[n.market]
			w.launch(strings.Join(words, " "))
		}
		err := verify.Plan(context.Background(), w.problem, w.plan)
		found := problemtest.Reasons(err)
		slices.Sort(found)
		found = slices.DeleteFunc(slices.Compact(found), func(r binpack.Reason) bool { return r == verify.EmptyLaunch && s.hasEmpty() })
		require.Equal(t, s.broken(), append([]binpack.Reason{}, found...), "%v\n%v\n%v", err, s.rules, s.nodes)
	})
}

// A simNode is a node; existing ones have a name and no market.
type simNode struct{ name, zone, market string }

type simPod struct {
	app   string
	node  *simNode
	fresh bool // placed by the plan
}

// A simRule is a rule of all pods of an app. What it is not about is zero.
type simRule struct {
	owner, sort, key string
	apps             []string
	skew             int
}

func (r simRule) apply() townRule {
	switch r.sort {
	case "spreads":
		return spreads(r.key, int32(r.skew))(r.apps...)
	case "avoids":
		return avoids(r.key, r.apps...)
	}
	return joins(r.key, r.apps...)
}

type simulation struct {
	nodes []*simNode
	pods  []*simPod
	rules []simRule
}

func drawSimulation(t *rapid.T) *simulation {
	s := &simulation{}
	names := []string{"web", "db", "mq"}
	for i := range rapid.IntRange(0, 2).Draw(t, "existing") {
		s.nodes = append(s.nodes, &simNode{name: fmt.Sprintf("old-%d", i), zone: rapid.SampledFrom([]string{"a", "b", "-", "d"}).Draw(t, "zone")})
		for range rapid.IntRange(0, 2).Draw(t, "pods there") {
			s.pods = append(s.pods, &simPod{app: rapid.SampledFrom(names).Draw(t, "app"), node: s.nodes[i]})
		}
	}
	for range rapid.IntRange(1, 3).Draw(t, "launches") {
		s.nodes = append(s.nodes, &simNode{zone: rapid.SampledFrom(zones).Draw(t, "zone"), market: rapid.SampledFrom([]string{"on-demand", "spot"}).Draw(t, "market")})
	}
	for range rapid.IntRange(1, 6).Draw(t, "pods") {
		s.pods = append(s.pods, &simPod{app: rapid.SampledFrom(names).Draw(t, "app"), node: rapid.SampledFrom(s.nodes).Draw(t, "node"), fresh: true})
	}
	for range rapid.IntRange(0, 4).Draw(t, "rules") {
		s.rules = append(s.rules, simRule{
			owner: rapid.SampledFrom(names).Draw(t, "owner"),
			sort:  rapid.SampledFrom([]string{"joins", "spreads", "avoids"}).Draw(t, "sort"),
			key:   rapid.SampledFrom([]string{zoneKey, hostKey, marketKey}).Draw(t, "key"),
			apps:  rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 3, rapid.ID).Draw(t, "selected"),
			skew:  rapid.IntRange(1, 3).Draw(t, "skew"),
		})
	}
	return s
}

// hasEmpty reports whether a launch has no pod.
func (s *simulation) hasEmpty() bool {
	return slices.ContainsFunc(s.nodes, func(n *simNode) bool { return n.name == "" && len(s.on(n, true)) == 0 })
}

func (s *simulation) on(n *simNode, fresh bool) []string {
	var out []string
	for _, p := range s.pods {
		if p.node == n && p.fresh == fresh {
			out = append(out, p.app)
		}
	}
	return out
}

// domain returns where a node is, as far as a key goes; "": nowhere.
func (n *simNode) domain(key string) string {
	switch {
	case key == hostKey:
		return fmt.Sprintf("%p", n)
	case key == marketKey:
		return n.market
	case n.zone == "-":
		return ""
	}
	return n.zone
}

func (r simRule) selects(p *simPod) bool { return slices.Contains(r.apps, p.app) }

func (s *simulation) of(owner, sort string) []simRule {
	return slices.DeleteFunc(slices.Clone(s.rules), func(r simRule) bool { return r.owner != owner || r.sort != sort })
}

// broken returns the reasons to reject the plan, sorted.
func (s *simulation) broken() []binpack.Reason {
	out := []binpack.Reason{}
	for reason, is := range map[binpack.Reason]bool{
		binpack.PodAffinity:     s.lonely(),
		binpack.PodAntiAffinity: s.quarrels(),
		binpack.TopologySpread:  s.crowded(),
	} {
		if is {
			out = append(out, reason)
		}
	}
	slices.Sort(out)
	return out
}

func (s *simulation) quarrels() bool {
	for _, p := range s.pods {
		for _, r := range s.of(p.app, "avoids") {
			for _, o := range s.pods {
				at := p.node.domain(r.key)
				if o != p && (o.fresh || p.fresh) && r.selects(o) && at != "" && at == o.node.domain(r.key) {
					return true
				}
			}
		}
	}
	return false
}

func (s *simulation) crowded() bool {
	for _, p := range s.pods {
		rules := s.of(p.app, "spreads")
		for _, r := range rules {
			if p.fresh && (p.node.domain(r.key) == "" || s.skew(r, rules, p.node.domain(r.key)) > r.skew) {
				return true
			}
		}
	}
	return false
}

// skew returns how many more pods a domain has than the one with the fewest, of
// nodes that have the keys of all rules. Every node that could be launched is
// one of them.
func (s *simulation) skew(r simRule, rules []simRule, domain string) int {
	all := slices.Clone(s.nodes)
	for _, zone := range zones {
		all = append(all, &simNode{zone: zone, market: "on-demand"}, &simNode{zone: zone, market: "spot"})
	}
	count := map[string]int{}
	for _, n := range all {
		if r.key != hostKey && slices.ContainsFunc(rules, func(o simRule) bool { return n.domain(o.key) == "" }) {
			continue
		}
		at := n.domain(r.key)
		count[at] += 0
		for _, p := range s.pods {
			if p.node == n && r.selects(p) {
				count[at]++
			}
		}
	}
	least := len(s.pods)
	for _, n := range count {
		least = min(least, n)
	}
	return count[domain] - least
}

// lonely reports whether no order of binding gives every pod its company.
func (s *simulation) lonely() bool {
	var bound, waiting []*simPod
	for _, p := range s.pods {
		if p.fresh {
			waiting = append(waiting, p)
		} else {
			bound = append(bound, p)
		}
	}
	return !s.bindable(bound, waiting)
}

func (s *simulation) bindable(bound, waiting []*simPod) bool {
	for i, p := range waiting {
		if s.finds(p, bound) && s.bindable(append(slices.Clip(bound), p), slices.Delete(slices.Clone(waiting), i, i+1)) {
			return true
		}
	}
	return len(waiting) == 0
}

func (s *simulation) finds(p *simPod, bound []*simPod) bool {
	rules := s.of(p.app, "joins")
	wanted := func(o *simPod) bool {
		return !slices.ContainsFunc(rules, func(r simRule) bool { return !r.selects(o) })
	}
	found, anywhere := true, false
	for _, r := range rules {
		at := p.node.domain(r.key)
		if at == "" {
			return false
		}
		found = found && slices.ContainsFunc(bound, func(o *simPod) bool { return wanted(o) && o.node.domain(r.key) == at })
		anywhere = anywhere || slices.ContainsFunc(bound, func(o *simPod) bool { return wanted(o) && o.node.domain(r.key) != "" })
	}
	return found || !anywhere && wanted(p)
}
