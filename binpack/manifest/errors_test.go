package manifest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack/manifest"
)

const small = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    spec:
      containers: [{name: web, image: x, resources: {requests: {cpu: 100m}}}]
`

// with returns the small Deployment with something replaced.
func with(old, text string) string {
	if !strings.Contains(small, old) {
		panic(old)
	}
	return strings.Replace(small, old, text, 1)
}

// TestErrors reads broken documents. Each has its line, and hides no other.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ about, text, want string }{
		{"syntax", "a: [1\nb: 2\n", "a.yaml:2: document 1: did not find expected ',' or ']'"},
		{"a tab", "kind: Pod\n\tspec: 1\n", "a.yaml:2: document 1: found a tab character that violates indentation"},
		{"a template", "kind: {{ .Kind }}\n", "a.yaml:1: document 1: invalid map key: map[interface {}]interface {}{\".Kind\":interface {}(nil)}"},
		{"a word", "hello\n", "a.yaml:1: document 1: is no Kubernetes object"},
		{"a count", with("replicas: 2", "replicas: two"), "a.yaml:6: document 1: Deployment shop/web: spec.replicas: is a string, not a whole number"},
		{"a quantity", with("100m", "100 m"), "a.yaml:9: document 1: Deployment shop/web: spec.template.spec.containers[0].resources.requests.cpu: is no quantity like 500m or 1Gi"},
		{"a list for an object", with("containers: [{", "containers: [[], {"), "a.yaml:9: document 1: Deployment shop/web: spec.template.spec.containers[0]: is an array, not an object"},
		{"a name", with("name: web, namespace", "name: 5, namespace"), "a.yaml:4: document 1: Deployment: metadata.name: is a number, not a string: quotes make it one"},
		{"a boolean", with("{name: web, image: x", "{name: web, tty: maybe, image: x"), "a.yaml:9: document 1: Deployment shop/web: spec.template.spec.containers[0].tty: is a string, not true or false"},
		{"own anchor", "a: &x [*x]\n", "a.yaml:1: document 1: anchor \"x\" contains itself"},
		{"in a list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec: {priority: high}\n",
			"a.yaml:7: document 1: Pod p: items[0].spec.priority: is a string, not a whole number"},
		{"a list that is none", "apiVersion: v1\nkind: List\nitems: {a: b}\n", "a.yaml:3: document 1: List: items: is an object, not a list"},
		{"JSON", "{\"kind\": \"Pod\",\n\"apiVersion\" \"v1\"}", "a.yaml:2: document 1: invalid character '\"' after object key"},
		{"cut off", small[:len(small)-8], "a.yaml:9: document 1: did not find expected ',' or '}'"},
	} {
		t.Run(tt.about, func(t *testing.T) {
			text := tt.text
			if !strings.HasPrefix(text, "{\"") {
				text += "\n---\n" + small // which must be read all the same
			}
			objects, err := read(t, text, small)
			require.EqualError(t, err, tt.want)
			var e *manifest.Error
			require.ErrorAs(t, err, &e)
			require.Positive(t, e.Line)
			r, err := objects.Problem(manifest.Options{Catalog: types})
			require.NoError(t, err)
			require.Len(t, r.Problem.Workloads, 1)
		})
	}
}

func TestSeveralErrors(t *testing.T) {
	_, err := read(t, "a: [\n---\nb: [\n", "c: [\n")
	require.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 3)
}

// TestTooLarge reads more than a source may have.
func TestTooLarge(t *testing.T) {
	_, err := manifest.Reader{MaxBytes: 10}.Read(manifest.Source{Name: "big.yaml", Reader: strings.NewReader(small)})
	require.EqualError(t, err, "big.yaml: larger than 10 bytes")
}

// TestProblemErrors has objects that are read, and do not make a problem.
func TestProblemErrors(t *testing.T) {
	overlay := func(spec string) string {
		return "apiVersion: karpenter.sh/v1alpha1\nkind: NodeOverlay\nmetadata: {name: o}\nspec: {requirements: [], " + spec + "}\n"
	}
	for _, tt := range []struct {
		about, text string
		opts        manifest.Options
		want        string
	}{
		{"negative", with("replicas: 2", "replicas: -2"), manifest.Options{}, "a.yaml: document 1: Deployment shop/web: spec.replicas: -2 is negative"},
		{"a negative parallelism", workload("Job", "j", "parallelism: -1", ""), manifest.Options{}, "Job j: spec.parallelism: -1 is negative"},
		{"too many", with("replicas: 2", "replicas: 2000000000"), manifest.Options{}, "a.yaml: document 1: Deployment shop/web: spec.replicas: more than 1000000 pods are asked for"},
		{"no containers", with("containers: [{name: web, image: x, resources: {requests: {cpu: 100m}}}]", "containers: []"), manifest.Options{},
			"a.yaml: document 1: Deployment shop/web: spec.template.spec.containers: there are none"},
		{"no such workload", small, manifest.Options{Replicas: map[string]int{"wob": 3}}, `replicas of "wob": there is no such workload among web`},
		{"a negative count", small, manifest.Options{Replicas: map[string]int{"web": -3}}, `replicas of "web": -3 is negative`},
		{"two of a name", small + "---\n" + with("shop", "other"), manifest.Options{Replicas: map[string]int{"web": 3}},
			`replicas of "web": it may be Deployment shop/web or Deployment other/web`},
		{"overlay's price", overlay("price: cheap"), manifest.Options{}, `a.yaml: document 1: NodeOverlay o: spec.price: "cheap" is not a change like "-10%", "+0.004" or "1.2"`},
		{"overlay's adjustment", overlay(`priceAdjustment: "10"`), manifest.Options{},
			`a.yaml: document 1: NodeOverlay o: spec.priceAdjustment: "10" is neither an amount with its sign nor a share like +10%`},
		{"overlay's capacity", overlay("capacity: {cpu: 4}"), manifest.Options{}, "a.yaml: document 1: NodeOverlay o: spec.capacity[cpu]: is the machine's own"},
		{"overlay's share as a price", overlay(`price: "10%"`), manifest.Options{}, `a.yaml: document 1: NodeOverlay o: spec.price: "10%" is no price`},
		{"overlay's adjustment by too much", overlay(`priceAdjustment: "-101%"`), manifest.Options{}, `spec.priceAdjustment: "-101%" takes off more than all`},
		{"both prices", overlay(`price: "1", priceAdjustment: "+1"`), manifest.Options{}, "a.yaml: document 1: NodeOverlay o: spec.price: is stated beside priceAdjustment"},
		{"Gte", "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {requirements: [{key: a, operator: Gte, values: [x]}]}}}\n", manifest.Options{},
			`a.yaml: document 1: NodePool p: spec.template.spec.requirements[0]: a Gte needs an integer, has "x"`},
	} {
		t.Run(tt.about, func(t *testing.T) {
			objects, err := read(t, tt.text)
			require.NoError(t, err)
			tt.opts.Catalog = types
			_, err = objects.Problem(tt.opts)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
