package solver_test

import (
	"testing"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// TestWeights: pods go to a pool of less weight only where none of more weight could
// launch for them. A big machine has 4 cpus, a small one 2.
func TestWeights(t *testing.T) {
	web := func(n int, rules ...podRule) binpack.Workload {
		return deployment(n, "web", append(rules, cpu("1"))...)
	}
	both := catalog.Catalog{server("big", 4, 3), server("small", 2, 2)}
	first, last := poolOf("first", weighing(10), allowing(keyType, "big")), poolOf("last", allowing(keyType, "small"))
	but := func(p binpack.Pool, rule func(*binpack.Pool)) binpack.Pool { rule(&p); return p }
	rule(t, map[string]ruling{
		"the dear pool comes first":         {asked(both, pods{web(1)}, ksPools(first, last)), "first big: 1 web"},
		"the order of pools is not weight":  {asked(both, pods{web(1)}, ksPools(last, first)), "first big: 1 web"},
		"equal weights are chosen by price": {asked(both, pods{web(1)}, ksPools(but(first, weighing(0)), last)), "last small: 1 web"},
		"what the first does not take":      {asked(both, pods{web(1, selecting(keyType, "small"))}, ksPools(first, last)), "last small: 1 web"},
		"what is too large for it": {asked(both, pods{deployment(1, "large", cpu("4")), web(1)}, ksPools(but(first, allowing(keyType, "small")), poolOf("last")), ksEdit(func(p *binpack.Pool) {
			p.Requirements = p.Requirements[1:]
		})), "first small: 1 web; last big: 1 large"},
		"its limit":                            {asked(both, pods{web(6)}, ksPools(but(first, limited("cpu", "7")), last)), "first big: 4 web; last small: 2 web"},
		"its limit, in nodes":                  {asked(both, pods{web(6)}, ksPools(but(first, limited("nodes", "1")), last)), "first big: 4 web; last small: 2 web"},
		"its limit allows the rest":            {asked(both, pods{web(6)}, ksPools(but(first, limited("cpu", "8")), last)), "first big: 2 web; first big: 4 web"},
		"a limit of what it has not":           {asked(both, pods{web(6)}, ksPools(but(first, limited("nvidia.com/gpu", "0")), last)), "first big: 2 web; first big: 4 web"},
		"its launches":                         {asked(catalog.Catalog{scarce(1, server("big", 4, 3)), server("small", 2, 2)}, pods{web(6)}, ksPools(first, last)), "first big: 4 web; last small: 2 web"},
		"none to launch":                       {asked(catalog.Catalog{ksSold(server("big", 4, 3), catalog.Offering{Unavailable: true, Price: 3}), server("small", 2, 2)}, pods{web(2)}, ksPools(first, last)), "last small: 2 web"},
		"a quota":                              {asked(both, pods{web(6)}, ksPools(first, last), quota("cpu", "4", problemtest.Requirement(keyType, "In", "big"))), "first big: 4 web; last small: 2 web"},
		"the limit keeps off the cheapest one": {asked(both, pods{web(6)}, ksPools(poolOf("first", weighing(10), limited("cpu", "3")), last)), "first small: 2 web; last small: 2 web; last small: 2 web"},
		"three weights":                        {asked(both, pods{web(9)}, ksPools(but(first, limited("nodes", "1")), poolOf("next", weighing(5), limited("nodes", "1"), allowing(keyType, "big")), last)), "first big: 4 web; last small: 1 web; next big: 4 web"},
		"the cheapest one is used up": {asked(catalog.Catalog{server("big", 4, 3), scarce(1, server("small", 2, 2))}, pods{web(7)}, ksPools(poolOf("first", weighing(10), limited("cpu", "6")), poolOf("last", selling(server("other", 1, 1))))),
			"first big: 4 web; first small: 2 web; last other: 1 web"},
		"existing nodes come before":     {asked(both, pods{web(6)}, ksPools(first, last), up("node", 2, nil)), "first big: 4 web; node: 2 web"},
		"and take no part in it":         {asked(both, pods{web(2, selecting("team", "a"))}, ksPools(first, last), up("node", 4, labelsOf("team", "a"))), "node: 2 web"},
		"a daemon makes the first small": {asked(both, pods{deployment(1, "large", cpu("4"))}, ksPools(first, poolOf("last", selling(server("other", 5, 9)))), ksDaemons(deployment(1, "daemon", cpu("1")).Pod)), "last other: 1 large"},
		"a taint keeps off the first":    {asked(both, pods{web(1)}, ksPools(but(first, tainted(ksNoSchedule("only", "x"))), last)), "last small: 1 web"},
		"by priority": {asked(both, pods{deployment(4, "low", cpu("1")), deployment(4, "high", cpu("1"), priority(9))}, ksPools(but(first, limited("nodes", "1")), but(last, limited("nodes", "1")))),
			"first big: 4 high; last small: 2 low; left: 2 low"},
	})
}

// TestWeightsBesideRules: pools of less weight with rules between pods, which weights
// do not look at.
func TestWeightsBesideRules(t *testing.T) {
	zones := catalog.Catalog{server("m", 2, 1, "a", "b")}
	first, last := poolOf("first", weighing(1), allowing(keyZone, "a")), poolOf("last", allowing(keyZone, "b"))
	few := func(p binpack.Pool) binpack.Pool { p.Limits = problemtest.List("nodes", "1"); return p }
	rule(t, map[string]ruling{
		"spread cannot reach the other zone":          {asked(zones, pods{deployment(4, "web", cpu("1"), spread(keyZone, 1))}, ksPools(first, last)), "first m a: 1 web; left: 3 web"},
		"spread when the first is full":               {asked(zones, pods{deployment(4, "web", cpu("1"), spread(keyZone, 1))}, ksPools(few(first), last)), "first m a: 2 web; last m b: 2 web"},
		"apart where the first must launch":           {asked(zones, pods{deployment(2, "web", cpu("1"), apart("web", keyZone))}, ksPools(first, last)), "first m a: 1 web; left: 1 web"},
		"apart when the first is full":                {asked(zones, pods{deployment(2, "web", cpu("1"), apart("web", keyZone))}, ksPools(few(first), last)), "first m a: 1 web; last m b: 1 web"},
		"spread where the first is dear, has few":     {asked(catalog.Catalog{server("m", 2, 1, "b"), server("n", 2, 2, "a")}, pods{deployment(6, "web", cpu("1"), spread(keyZone, 9))}, ksPools(few(first), last)), "first n a: 2 web; last m b: 2 web; last m b: 2 web"},
		"so that it is full":                          {asked(catalog.Catalog{server("m", 2, 1, "b"), scarce(2, server("n", 1, 2, "a"))}, pods{deployment(3, "web", cpu("1"), spread(keyZone, 1))}, ksPools(first, last)), "first n a: 1 web; first n a: 1 web; last m b: 1 web"},
		"together in the first":                       {asked(zones, pods{deployment(3, "web", cpu("1"), near("web", keyZone))}, ksPools(first, last)), "first m a: 1 web; first m a: 2 web"},
		"one node each in the first, by rule of host": {asked(zones, pods{deployment(3, "web", cpu("1"), spread(keyNode, 1))}, ksPools(few(first), last)), "first m a: 1 web; last m b: 1 web; last m b: 1 web"},
	})
}
