package solver_test

import (
	"testing"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// TestMinValues: a launch leaves as many values to choose from as its pool wants,
// among the offerings that could hold its pods as well. Machines of 2, 4 and 8 cpus
// are in zones a and b, the largest in a only.
func TestMinValues(t *testing.T) {
	machines := func() catalog.Catalog {
		return catalog.Catalog{server("two", 2, 2, "a", "b"), server("four", 4, 3, "a", "b"), server("eight", 8, 5, "a")}
	}
	least := func(kv map[string]int, rules ...func(*binpack.Pool)) ksChange {
		p := poolOf("p", rules...)
		p.MinValues = kv
		return ksPools(p)
	}
	types := func(n int) map[string]int { return map[string]int{keyType: n} }
	web := func(n int, size string, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, cpu(size))...)
	}
	rule(t, map[string]ruling{
		"none":                                    {asked(machines(), pods{web(2, "1")}, least(nil)), "p two a: 2 web"},
		"one is what there is":                    {asked(machines(), pods{web(2, "1")}, least(types(1))), "p two a: 2 web"},
		"three types hold it":                     {asked(machines(), pods{web(2, "1")}, least(types(3))), "p two a: 2 web"},
		"not more than all can hold":              {asked(machines(), pods{web(4, "1")}, least(types(3))), "p two a: 2 web; p two a: 2 web"},
		"what two can hold":                       {asked(machines(), pods{web(4, "1")}, least(types(2))), "p four a: 4 web"},
		"what one can hold is too much":           {asked(machines(), pods{web(1, "6")}, least(types(2))), "left: 1 web"},
		"four types there are not":                {asked(machines(), pods{web(1, "1")}, least(types(4))), "left: 1 web"},
		"zones":                                   {asked(machines(), pods{web(4, "1")}, least(map[string]int{keyZone: 2})), "p four a: 4 web"},
		"zones, of what is in one":                {asked(machines(), pods{web(1, "6")}, least(map[string]int{keyZone: 2})), "left: 1 web"},
		"of a pod that asks for a zone":           {asked(machines(), pods{web(1, "1", selecting(keyZone, "b"))}, least(map[string]int{keyZone: 2})), "left: 1 web"},
		"types, of a pod that asks for a zone":    {asked(machines(), pods{web(2, "1", selecting(keyZone, "b"))}, least(types(2))), "p two b: 2 web"},
		"types and zones":                         {asked(machines(), pods{web(4, "1")}, least(map[string]int{keyType: 2, keyZone: 2})), "p four a: 4 web"},
		"under an old name":                       {asked(machines(), pods{web(4, "1")}, least(map[string]int{"beta.kubernetes.io/instance-type": 2})), "p four a: 4 web"},
		"a label that is one":                     {asked(machines(), pods{web(4, "1")}, least(map[string]int{"team": 1}, bearing("team", "a"))), "p four a: 4 web"},
		"a label that none has":                   {asked(machines(), pods{web(4, "1")}, least(map[string]int{"team": 1})), "left: 4 web"},
		"values that the pool chooses":            {asked(machines(), pods{web(4, "1")}, least(map[string]int{"team": 2}, allowing("team", "x", "y"))), "p four a team=x: 4 web"},
		"of a pod that asks for a value":          {asked(machines(), pods{web(4, "1", selecting("team", "y"))}, least(map[string]int{"team": 2}, allowing("team", "x", "y"))), "left: 4 web"},
		"what the pool excludes":                  {asked(machines(), pods{web(4, "1")}, least(types(2), allowing(keyType, "two", "eight"))), "p two a: 2 web; p two a: 2 web"},
		"what has none to launch":                 {asked(gone(machines(), 1), pods{web(4, "1")}, least(types(2))), "p two a: 2 web; p two a: 2 web"},
		"what is scarce can be chosen yet":        {asked(catalog.Catalog{server("two", 2, 2), scarce(1, server("four", 4, 3))}, pods{web(4, "1")}, least(types(2))), "p two: 2 web; p two: 2 web"},
		"daemons take room on all":                {asked(machines(), pods{web(2, "1")}, least(types(3)), ksDaemons(deployment(1, "daemon", cpu("1")).Pod)), "p two a: 1 web; p two a: 1 web"},
		"two sizes apart":                         {asked(machines(), pods{web(1, "3"), deployment(1, "small", cpu("2"))}, least(types(2))), "p four a: 1 web; p two a: 1 small"},
		"one node for both is more than two hold": {asked(catalog.Catalog{server("two", 2, 2), server("four", 4, 3), server("five", 5, 4)}, pods{web(1, "3"), deployment(1, "small", cpu("2"))}, least(types(2))), "p four: 1 web; p two: 1 small"},
		"one node for both":                       {asked(catalog.Catalog{server("two", 2, 3), server("five", 5, 4), server("six", 6, 5)}, pods{web(1, "3"), deployment(1, "small", cpu("2"))}, least(types(2))), "p five: 1 small 1 web"},
		"existing nodes need no choice":           {asked(machines(), pods{web(1, "6")}, least(types(2)), up("node", 6, nil)), "node: 1 web"},
	})
}

// gone takes all launches of a type away.
func gone(c catalog.Catalog, i int) catalog.Catalog {
	for j := range c[i].Offerings {
		c[i].Offerings[j].Unavailable = true
	}
	return c
}

// TestMinValuesOfWeights: a pool of more weight does not keep pods to itself where
// too little is left to choose from.
func TestMinValuesOfWeights(t *testing.T) {
	first := poolOf("first", weighing(1))
	first.MinValues = map[string]int{keyType: 2}
	dear := first
	dear.Catalog = catalog.Catalog{server("dear", 2, 5)}
	tiered := func(t *catalog.InstanceType) *catalog.InstanceType { t.Labels["tier"] = "a"; return t }
	rule(t, map[string]ruling{
		"it has not enough, and is dear":       {asked(catalog.Catalog{server("two", 2, 2)}, pods{deployment(1, "web", cpu("1")), deployment(1, "small", cpu("500m"))}, ksPools(dear, poolOf("last"))), "last two: 1 small 1 web"},
		"it has enough":                        {asked(catalog.Catalog{server("two", 2, 2), server("four", 4, 3)}, pods{deployment(1, "web", cpu("1"))}, ksPools(first, poolOf("last"))), "first two: 1 web"},
		"the cheapest of it are used up":       {asked(catalog.Catalog{scarce(1, server("two", 2, 2)), tiered(server("four", 4, 3)), tiered(server("one", 1, 3))}, pods{deployment(2, "web", cpu("2")), deployment(1, "tiered", selecting("tier", "a"), gated)}, ksPools(first, poolOf("last"))), "first four: 1 web; first two: 1 web; left: 1 tiered"},
		"it has not enough where it is cheap":  {asked(catalog.Catalog{server("a4", 4, 1, "a"), scarce(1, server("b4", 4, 2, "b")), scarce(1, server("b5", 4, 3, "b"))}, pods{deployment(3, "web", cpu("3"), spread(keyZone, 9))}, ksPools(first, poolOf("last"))), "first b4 b: 1 web; first b5 b: 1 web; last a4 a: 1 web"},
		"it has not enough, and holds the pod": {asked(catalog.Catalog{server("two", 2, 2)}, pods{deployment(1, "web", cpu("1"))}, ksPools(first, poolOf("last"))), "last two: 1 web"},
	})
}
