package solver_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// inGang makes pods part of a gang.
func inGang(name string) podRule { return labelled("gang", name) }

func ganged(p *binpack.Problem) { p.GangLabel = "gang" }

// TestGangs: all pods of a gang are placed or none, whatever keeps one of them off. A
// machine holds 4 cpus.
func TestGangs(t *testing.T) {
	box := catalog.Catalog{server("m", 4, 1, "a", "b")}
	of := func(gang string, n int, name string, rules ...podRule) binpack.Workload {
		return deployment(n, name, append([]podRule{cpu("1"), inGang(gang)}, rules...)...)
	}
	other := func(n int) binpack.Workload { return deployment(n, "other", cpu("1")) }
	nodes := func(n string) ksChange { return ksPools(poolOf("p", limited("nodes", n))) }
	rule(t, map[string]ruling{
		"all fit":                       {asked(box, pods{of("g", 4, "web")}, ganged), "m a: 4 web"},
		"too many for the limit":        {asked(box, pods{of("g", 9, "web")}, ganged, nodes("2")), "left: 9 web"},
		"as many as the limit":          {asked(box, pods{of("g", 8, "web")}, ganged, nodes("2")), "p m a: 4 web; p m a: 4 web"},
		"no label makes no gang":        {asked(box, pods{of("g", 9, "web")}, nodes("2")), "p m a: 4 web; p m a: 4 web; left: 1 web"},
		"a label without gangs":         {asked(box, pods{deployment(9, "web", cpu("1"))}, ganged, nodes("2")), "p m a: 4 web; p m a: 4 web; left: 1 web"},
		"of two deployments":            {asked(box, pods{of("g", 4, "web"), of("g", 5, "db")}, ganged, nodes("2")), "left: 4 web, 5 db"},
		"of two namespaces are two":     {asked(box, pods{of("g", 4, "web"), of("g", 5, "db", namespaced("prod"))}, ganged, nodes("1")), "p m a: 4 web; left: 5 db"},
		"others have the room":          {asked(box, pods{of("g", 9, "web"), other(3)}, ganged, nodes("2")), "p m a: 3 other; left: 9 web"},
		"one of two":                    {asked(box, pods{of("g", 5, "web"), of("h", 5, "db")}, ganged, nodes("2")), "p m a: 1 web; p m a: 4 web; left: 5 db"},
		"two of three":                  {asked(box, pods{of("g", 3, "a"), of("h", 3, "b"), of("i", 2, "c")}, ganged, nodes("1")), "p m a: 3 a; left: 2 c, 3 b"},
		"the more important one":        {asked(box, pods{of("g", 5, "web", priority(1)), of("h", 8, "db")}, ganged, nodes("2")), "p m a: 1 web; p m a: 4 web; left: 8 db"},
		"one pod is important":          {asked(box, pods{of("g", 7, "web"), of("g", 1, "lead", priority(1)), of("h", 8, "db")}, ganged, nodes("2")), "p m a: 1 lead 3 web; p m a: 4 web; left: 8 db"},
		"one pod fits nowhere":          {asked(box, pods{of("g", 3, "web"), of("g", 1, "large", cpu("5"))}, ganged), "left: 1 large, 3 web"},
		"one pod is gated":              {asked(box, pods{of("g", 3, "web"), of("g", 1, "gated", gated)}, ganged), "left: 1 gated, 3 web"},
		"one pod has no zone":           {asked(box, pods{of("g", 3, "web"), of("g", 1, "db", selecting(keyZone, "c"))}, ganged), "left: 1 db, 3 web"},
		"one pod runs already":          {asked(box, pods{of("g", 3, "web")}, ganged, up("node", 1, nil, of("g", 1, "web"))), "m a: 3 web"},
		"spread over zones":             {asked(box, pods{of("g", 8, "web", spread(keyZone, 1))}, ganged), "m a: 4 web; m b: 4 web"},
		"spread over too few zones":     {asked(box, pods{of("g", 4, "web", spread(keyZone, 1, minDomains(3)))}, ganged), "left: 4 web"},
		"apart, one too many":           {asked(box, pods{of("g", 3, "web", apart("web", keyZone))}, ganged), "left: 3 web"},
		"apart":                         {asked(box, pods{of("g", 2, "web", apart("web", keyZone))}, ganged), "m a: 1 web; m b: 1 web"},
		"company of a gang that is not": {asked(box, pods{of("g", 9, "web"), deployment(1, "app", cpu("1"), near("web", keyZone))}, ganged, nodes("2")), "left: 1 app, 9 web"},
		"a gang and its company":        {asked(box, pods{of("g", 3, "web"), deployment(1, "app", cpu("1"), near("web", keyNode))}, ganged, nodes("1")), "p m a: 1 app 3 web"},
		"a gang whose company is left":  {asked(box, pods{of("g", 3, "web", near("db", keyNode)), deployment(1, "db", cpu("2"))}, ganged), "m a: 1 db; left: 3 web"},
		"the larger of two":             {asked(catalog.Catalog{server("m", 6, 1)}, pods{of("g", 5, "small"), of("h", 6, "large")}, ganged, nodes("1")), "p m: 6 large; left: 5 small"},
		"replicas of none":              {asked(box, pods{of("g", 2, "web"), of("g", 0, "none", cpu("99"))}, ganged), "m a: 2 web"},
	})
}

// TestGangsOfWeights: a gang that is in no pool leaves room in the first, and pods
// must not be in the last because of it.
func TestGangsOfWeights(t *testing.T) {
	box := catalog.Catalog{server("m", 4, 1)}
	first, last := poolOf("first", weighing(1), limited("nodes", "1")), poolOf("last", limited("nodes", "1"))
	gang := deployment(9, "gang", cpu("1"), inGang("g"))
	rule(t, map[string]ruling{
		"both pools are too small": {asked(box, pods{gang, deployment(2, "web", cpu("1"))}, ganged, ksPools(first, last)), "first m: 2 web; left: 9 gang"},
		"a gang over both pools":   {asked(box, pods{deployment(8, "gang", cpu("1"), inGang("g")), deployment(2, "web", cpu("1"), func(p *corev1.Pod) { *p = *p.DeepCopy(); priority(-1)(p) })}, ganged, ksPools(first, last)), "first m: 4 gang; last m: 4 gang; left: 2 web"},
	})
}
