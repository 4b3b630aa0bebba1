package podbypod

import (
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
)

// A family is problems with some rules, of one size.
type family struct {
	name     string
	problems *rapid.Generator[binpack.Problem]
}

// families returns each family of rules by itself and all together, in sizes that can be
// judged pod by pod.
func families() []family {
	all := gen.All()
	all.Nodes = true
	medium := gen.Size{Shapes: 5, Replicas: 8, Types: 4}
	var out []family
	for _, f := range []struct {
		name  string
		rules gen.Rules
	}{
		{"none", gen.Rules{}}, {"priorities", gen.Rules{Priorities: true}}, {"existing", gen.Rules{Existing: true}},
		{"spread", gen.Rules{Spread: true, Existing: true}}, {"affinity", gen.Rules{Affinity: true, Existing: true}},
		{"anti-affinity", gen.Rules{AntiAffinity: true, Existing: true}}, {"weights", gen.Rules{Weights: true}},
		{"minValues", gen.Rules{MinValues: true}}, {"open keys", gen.Rules{OpenKeys: true}}, {"volumes", gen.Rules{Volumes: true, Existing: true}},
		{"gangs", gen.Rules{Gangs: true}}, {"preferences", gen.Rules{Preferences: true}}, {"nodes", gen.Rules{Nodes: true}},
		{"spread and affinity over open keys", gen.Rules{Spread: true, Affinity: true, OpenKeys: true}},
		{"all but nodes", gen.All()}, {"all", all},
	} {
		out = append(out, family{f.name + ", toy", gen.Problems(gen.Toy().With(f.rules))},
			family{f.name + ", tiny", gen.Problems(gen.Tiny().With(f.rules))},
			family{f.name + ", medium", gen.Problems(medium.With(f.rules))})
	}
	return out
}
