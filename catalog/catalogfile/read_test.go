package catalogfile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/catalogfile"
)

func sample(t testing.TB, name string) string {
	text, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(text)
}

func read(text string) (catalogfile.File, error) { return catalogfile.Read(strings.NewReader(text)) }

func TestYAML(t *testing.T) {
	f, err := read(sample(t, "gke.yaml"))
	require.NoError(t, err)
	require.Equal(t, "USD", f.Currency)
	require.Len(t, f.Catalog, 4)
	e2 := f.Catalog[0]
	require.Len(t, e2.Offerings, 6)
	require.Equal(t, catalog.Key{InstanceType: "e2-standard-2", Zone: "europe-west1-b", CapacityType: catalog.OnDemand}, e2.Key(0))
	alloc := e2.Allocatable()
	require.Equal(t, "940m", alloc.Cpu().String())
	labels := e2.OfferingLabels(3)
	require.Equal(t, "spot", labels["cloud.google.com/gke-provisioning"])
	require.Equal(t, "true", labels["cloud.google.com/gke-spot"])
	require.Equal(t, "europe-west1-b", labels["topology.gke.io/zone"])
	require.Equal(t, "europe-west1", labels["topology.kubernetes.io/region"])
	require.NotContains(t, labels, "karpenter.sh/capacity-type")
	require.Equal(t, "standard", e2.OfferingLabels(0)["cloud.google.com/gke-provisioning"])
	reserved := f.Catalog[3].Offerings[2]
	require.Equal(t, 4, reserved.Limit)
	require.Equal(t, "team-a", reserved.Labels["cloud.google.com/reservation-name"])
	require.Equal(t, "0.059", f.Catalog[1].Offerings[3].Price.String())
}

func TestJSON(t *testing.T) {
	f, err := read(sample(t, "aks.json"))
	require.NoError(t, err)
	require.Equal(t, "EUR", f.Currency)
	d4 := f.Catalog[0]
	require.Equal(t, map[string][]string{"kubernetes.io/os": {"linux", "windows"}}, d4.Choices)
	require.Equal(t, "regular", d4.OfferingLabels(0)["kubernetes.azure.com/scalesetpriority"])
	require.Equal(t, "spot", d4.OfferingLabels(2)["kubernetes.azure.com/scalesetpriority"])
	require.Equal(t, "0.0398", d4.Offerings[2].Price.String())
}

// Own hardware has no zones and no cloud.
func TestOwnHardware(t *testing.T) {
	f, err := read("types: [{name: box, capacity: {cpu: 8, memory: 32Gi}, prices: {owned: 0.05, idle: 0.00001}}]")
	require.NoError(t, err)
	require.Equal(t, "0.00001", f.Catalog[0].Offerings[0].Price.String(), "it comes as 1e-05")
	require.Equal(t, catalog.Key{InstanceType: "box", CapacityType: "owned"}, f.Catalog[0].Key(1))
	require.Equal(t, "owned", f.Catalog[0].OfferingLabels(1)["karpenter.sh/capacity-type"])
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ file, old, new, want string }{
		{"gke.yaml", "memory: 16Gi, ephemeral", "memory: lots, ephemeral", `line 26: types[1].capacity.memory: "lots" is not a quantity`},
		{"gke.yaml", "cpu: 1080m", "cpu: -1", "line 27: types[1].overhead[cpu]: -1 is negative"},
		{"gke.yaml", "spot: 0.0590", "spot: -1", `line 28: types[1].prices.spot: price "-1"`},
		{"gke.yaml", "spot: 0.0590", "spot: free", `line 28: types[1].prices.spot: price "free"`},
		{"gke.yaml", "spot: 0.0590", "preemptible: 0.0590", `line 28: types[1].prices.preemptible: the file has no capacity type "preemptible"`},
		{"gke.yaml", "spot: 0.0590}", "spot: 0.0590}\n  size: 4", "line 29: types[1].size: is not a field of the format"},
		{"gke.yaml", "zone: europe-west1-b, capacityType: spot", "zone: a, capacityType: spot", `line 40: types[3].offerings[1]: the file has no zone "a"`},
		{"gke.yaml", "limit: 4", "limit: -4", "line 41: types[3].offerings[2].limit: -4 is negative"},
		{"gke.yaml", "limit: 4", "limit: four", "line 41: types[3].offerings[2].limit: there is a string where"},
		{"gke.yaml", "price: 0, ", "", "line 41: types[3].offerings[2]: has no price"},
		{"gke.yaml", `"true"`, "true", "line 17: capacityTypes.spot.labels.cloud.google.com/gke-spot: true is not a string: put it in quotes"},
		{"gke.yaml", "name: e2-standard-4", "name: e2-standard-2", `line 24: types[1].name: "e2-standard-2" is the name of Catalog[0] too`},
		{"gke.yaml", "name: e2-standard-4", "name: [e2]", "types[1].name: there is a array where"},
		{"gke.yaml", "capacityTypes:", "zones: {}\ncapacityTypes:", `key "zones" already set`},
		{"gke.yaml", "types:", "machines:", "line 18: machines: is not a field of the format"},
		{"aks.json", `"4"`, `"4`, "line 1"},
		{"aks.json", `"cpu": "4"`, `"cpu": null`, "line 18: types[0].capacity.cpu: null is not a quantity"},
		{"aks.json", `"windows"`, `"linux"`, `line 17: types[0].choices[kubernetes.io/os]: has "linux" twice`},
		{"aks.json", `"choices"`, `"capacity": {}, "choices"`, "already set"},
	} {
		text := sample(t, test.file)
		require.Contains(t, text, test.old)
		_, err := read(strings.Replace(text, test.old, test.new, 1))
		require.ErrorContains(t, err, test.want, test.new)
		var fault *catalogfile.Error
		require.ErrorAs(t, err, &fault)
	}
	for text, want := range map[string]string{
		"":                                     "there are no types",
		"types: 5":                             "types: there is a number",
		"[]":                                   "there is a array where an object is expected",
		"types: [{name: x}]":                   "types[0]: has no prices and no offerings",
		"types: [5]":                           "types[0]: there is a number where an object is expected",
		"types: [{labels: 5, prices: {a: 1}}]": "types[0].labels: is not an object",
		"\t":                                   "cannot start any token",
	} {
		_, err := read(text)
		require.ErrorContains(t, err, want, text)
	}
}

// Every fault is told, not the first alone.
func TestAllFaults(t *testing.T) {
	_, err := read("types: [{name: x, prices: {a: -1}}, {name: y, prices: {a: -2}}]")
	require.ErrorContains(t, err, "types[0].prices.a")
	require.ErrorContains(t, err, "types[1].prices.a")
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"gke.yaml", "aks.json"} {
		text := sample(f, file)
		f.Add(text)
		f.Add(text[:len(text)/2])
		f.Add(strings.ReplaceAll(text, "1", "-"))
		f.Add(strings.ReplaceAll(text, ":", ": &a [*a]"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := read(text)
		if err != nil {
			var fault *catalogfile.Error
			require.ErrorAs(t, err, &fault)
			return
		}
		require.NoError(t, file.Catalog.Validate())
	})
}
