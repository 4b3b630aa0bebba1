package verify_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// open lets the pool choose the value of tier, and the plan choose these.
func (c *verifyCase) open(first, second string) {
	c.problem.Pools[0].Requirements = problemtest.In("tier", "1", "2", "3")
	c.problem.Pools[0].Keys = map[string][]string{"tier": nil}
	c.plan.Launches[0].Labels = map[string]string{"tier": first}
	c.plan.Launches[1].Labels = map[string]string{"tier": second}
}

func (c *verifyCase) require(key, operator string, values ...string) {
	r := corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOperator(operator), Values: values}
	c.problem.Pools[0].Requirements = append(c.problem.Pools[0].Requirements, r)
}

func TestVerifyHoldsOpenKeys(t *testing.T) {
	for name, test := range map[string]struct {
		want binpack.Reason
		set  func(*verifyCase)
	}{
		"values chosen":         {"", func(c *verifyCase) { c.open("1", "2") }},
		"none chosen":           {verify.IllegalLaunch, func(c *verifyCase) { c.open("1", "2"); c.plan.Launches[1].Labels = nil }},
		"another value":         {verify.IllegalLaunch, func(c *verifyCase) { c.open("1", "4") }},
		"another label as well": {verify.IllegalLaunch, func(c *verifyCase) { c.open("1", "2"); c.plan.Launches[1].Labels["size"] = "1" }},
		"one of two keys": {verify.IllegalLaunch, func(c *verifyCase) {
			c.open("1", "2")
			c.require("rack", "In", "a")
			c.problem.Pools[0].Keys["rack"] = nil
		}},
		"value that is not in": {verify.IllegalLaunch, func(c *verifyCase) { c.open("1", "2"); c.require("tier", "NotIn", "2") }},
		"value too great":      {verify.IllegalLaunch, func(c *verifyCase) { c.open("1", "2"); c.require("tier", "Lt", "2") }},
		"value between":        {"", func(c *verifyCase) { c.open("2", "2"); c.require("tier", "Lt", "3"); c.require("tier", "Gt", "1") }},
		"no value meets all":   {verify.IllegalLaunch, func(c *verifyCase) { c.open("2", "2"); c.require("tier", "NotIn", "1", "2", "3") }},
		"key that a type has": {verify.IllegalLaunch, func(c *verifyCase) {
			c.open("1", "2")
			c.problem.Pools[0].Keys = nil
			c.problem.Pools[0].Catalog = c.problem.Catalog
			c.problem.Catalog = catalog.Catalog{{Name: "other", Labels: map[string]string{"tier": "1"}}}
		}},

		"pod selects the value":      {"", func(c *verifyCase) { c.open("1", "2"); c.pods[1].Spec.NodeSelector = map[string]string{"tier": "2"} }},
		"pod selects another":        {binpack.NodeAffinity, func(c *verifyCase) { c.open("1", "2"); c.pods[1].Spec.NodeSelector = map[string]string{"tier": "1"} }},
		"launches of all values":     {binpack.NoAvailableOffering, func(c *verifyCase) { c.open("1", "2"); c.problem.Availability = only(1) }},
		"pool's nodes of all values": {binpack.PoolLimit, func(c *verifyCase) { c.open("1", "2"); c.problem.Pools[0].Limits["nodes"] = resource.MustParse("1") }},
		"quota of all values":        {binpack.QuotaReached, func(c *verifyCase) { c.open("1", "2"); c.quota("nodes", "1") }},
		"quota of a value": {"", func(c *verifyCase) {
			c.open("1", "2")
			c.quota("nodes", "0").Requirements = problemtest.In("tier", "1", "2")
		}},
		"daemon of another value": {"", func(c *verifyCase) {
			c.open("1", "2")
			c.roomForDaemons()
			c.daemon("51m").Spec.NodeSelector = map[string]string{"tier": "3"}
		}},
		"daemon of the value": {binpack.InsufficientResources, func(c *verifyCase) {
			c.open("1", "2")
			c.roomForDaemons()
			c.daemon("51m").Spec.NodeSelector = map[string]string{"tier": "2"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			test.set(c)
			verified(t, c, test.want)
		})
	}
}

// Of the values that no rule names, a spread counts those that the plan launches, whatever
// they are called, and one that is empty only where it launches none. What a pod on a node
// asks of that node names no value.
func TestVerifySpreadsOverValuesThatNobodyNames(t *testing.T) {
	for name, test := range map[string]struct {
		values []string // of the launches, with two pods each
		named  string   // a value that some pod asks for
		there  string   // a value that a pod on a node asked for
		want   binpack.Reason
	}{
		"one":                 {[]string{"any"}, "", "", ""},
		"one by any name":     {[]string{"sour"}, "", "", ""},
		"two":                 {[]string{"sour", "salty"}, "", "", ""},
		"one has more":        {[]string{"sour", "sour", "salty"}, "", "", binpack.TopologySpread},
		"one that is named":   {[]string{"sweet"}, "sweet", "", binpack.TopologySpread},
		"beside one that is":  {[]string{"sour"}, "sweet", "", binpack.TopologySpread},
		"as many in both":     {[]string{"sour", "sweet"}, "sweet", "", ""},
		"beside one that was": {[]string{"sour"}, "", "sweet", ""},
		"one that was named":  {[]string{"sweet"}, "", "sweet", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			spreads("taste", 1)("web")(w.pod("web"))
			w.problem.Pools = []binpack.Pool{{Keys: map[string][]string{"taste": nil}}}
			for _, value := range test.values {
				w.launch("a web web")
				w.plan.Launches[len(w.plan.Launches)-1].Labels = map[string]string{"taste": value}
			}
			if test.named != "" {
				picky := w.pod("picky")
				picky.Spec.NodeSelector = map[string]string{"taste": test.named}
				w.problem.Workloads = append(w.problem.Workloads, binpack.Workload{Pod: picky, Replicas: 1})
				w.plan.Unschedulable = []binpack.Unschedulable{{Pod: picky, Count: 1}}
			}
			if test.there != "" {
				w.pod("settled").Spec.NodeSelector = map[string]string{"taste": test.there}
				w.stand("old a settled")
			}
			err := verify.Plan(context.Background(), w.problem, w.plan)
			if test.want == "" {
				require.NoError(t, err)
			} else {
				require.Equal(t, []binpack.Reason{test.want}, slices.Compact(problemtest.Reasons(err)), "%v", err)
			}
		})
	}
}
