package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// files are two small checkouts in one: a type with network limits, one whose branch
// interfaces only the limits know, one without limits.
func files() map[string]string {
	return map[string]string{
		"go.mod": "module x\n\nrequire (\n\tsigs.k8s.io/karpenter v1.14.0\n)\n",
		docsPath: `---
title: "Instance Types"
---
## c9g Family
### ` + "`c9g.large`" + `
#### Labels
 | Label | Value |
 |--|--|
 |karpenter.k8s.aws/instance-cpu|2|
 |karpenter.k8s.aws/instance-cpu-manufacturer|aws|
 |karpenter.k8s.aws/instance-hypervisor|nitro|
 |karpenter.k8s.aws/instance-memory|4096|
 |kubernetes.io/arch|arm64|
#### Resources
 | Resource | Quantity |
 |--|--|
 |cpu|1930m|
 |pods|59|
## m5 Family
### ` + "`m5.metal`" + `
#### Labels
 | Label | Value |
 |--|--|
 |karpenter.k8s.aws/instance-cpu|96|
 |karpenter.k8s.aws/instance-memory|393216|
 |kubernetes.io/arch|amd64|
#### Resources
 | Resource | Quantity |
 |--|--|
 |vpc.amazonaws.com/pod-eni|120|
### ` + "`trn2.48xlarge`" + `
#### Labels
 | Label | Value |
 |--|--|
 |karpenter.k8s.aws/instance-accelerator-count|16|
 |karpenter.k8s.aws/instance-accelerator-manufacturer|aws|
 |karpenter.k8s.aws/instance-accelerator-name|trainium2|
 |karpenter.k8s.aws/instance-cpu|192|
 |karpenter.k8s.aws/instance-memory|2097152|
 |kubernetes.io/arch|amd64|
#### Resources
 | Resource | Quantity |
 |--|--|
 |aws.amazon.com/neuroncore|128|
 |pods|100|
`,
		limitsPath: `// This file was generated at 2026-08-06T04:02:42Z
package instancetype

type NetworkCard struct{}

var Limits = map[string]*VPCLimits{
	"c9g.large": {IPv4PerInterface: 20, IsTrunkingCompatible: true, BranchInterface: 9, DefaultNetworkCardIndex: 1,
		NetworkCards: []NetworkCard{{MaximumNetworkInterfaces: 7}, {MaximumNetworkInterfaces: 3}}},
	"m5.metal": {IPv4PerInterface: 50, DefaultNetworkCardIndex: 0,
		NetworkCards: []NetworkCard{{MaximumNetworkInterfaces: 15}}},
}
`,
		pricePaths()[0]: `package pricing
// generated at 2026-07-20T13:44:30Z for us-east-1
var Prices = map[string]map[ec2types.InstanceType]float64{
	"us-east-1": {"m5.large": 0.096000, "c6g.large": 0.068000, "m5.metal": 4.608000},
}
`,
		pricePaths()[1]: `package pricing
// generated at 2026-07-21T13:44:38Z for us-east-1
var Prices = map[string]map[ec2types.InstanceType]float64{
	"us-gov-west-1": {"m5.large": 0.121000},
	"us-gov-east-1": {"m5.metal": 5.000000},
}
`,
		pricePaths()[2]: `package pricing
// generated at 2024-11-06T01:00:11Z for cn-north-1
var Prices = map[string]map[ec2types.InstanceType]float64{
	"cn-north-1": {"m5.large": 0.830000},
}
`,
		volumesPath: `package limits
var nonNitroInstanceTypes = map[string]struct{}{"m4.large": {}}
var volumeLimits = map[string]volumeLimit{
	"c9g.large": {32, "dedicated"},
	"m5.metal":  {31, "shared"},
	"trn2.48xlarge": {64, "shared"},
}
`,
		dedicatedPath: `package limits
var dedicatedInstances = map[string]struct{}{"trn2.48xlarge": {}}
`,
	}
}

// write lays files out under a new folder.
func write(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	for path, text := range files {
		path = filepath.Join(root, filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return root
}

func TestRun(t *testing.T) {
	module := write(t, map[string]string{"catalog/ec2/testdata/x": "", "pricing/ec2/x": ""})
	root := write(t, files())
	require.NoError(t, run([]string{root, root}, module))

	for path, want := range map[string]string{
		"catalog/ec2/types.csv": `
name,arch,vcpus,memory_mib,hypervisor,cpu_maker,clock_mhz,ebs_mbps,net_mbps,encryption,nvme_gb,enis,ipv4_per_eni,branch_enis,pods,efas,gpu_name,gpu_maker,gpus,gpu_mib,accelerator_name,accelerator_maker,accelerators,neuron_cores,volumes,volumes_shared
c9g.large,arm64,2,4096,nitro,aws,,,,false,,3,20,,,,,,,,,,,,32,
m5.metal,amd64,96,393216,,,,,,false,,15,50,120,,,,,,,,,,,31,true
trn2.48xlarge,amd64,192,2097152,,,,,,false,,,,,100,,,,,,trainium2,aws,16,8,64,
`,
		"catalog/ec2/testdata/documented.csv": `
name,label:karpenter.k8s.aws/instance-accelerator-count,label:karpenter.k8s.aws/instance-accelerator-manufacturer,label:karpenter.k8s.aws/instance-accelerator-name,label:karpenter.k8s.aws/instance-cpu,label:karpenter.k8s.aws/instance-cpu-manufacturer,label:karpenter.k8s.aws/instance-hypervisor,label:karpenter.k8s.aws/instance-memory,label:kubernetes.io/arch,allocatable:aws.amazon.com/neuroncore,allocatable:cpu,allocatable:pods,allocatable:vpc.amazonaws.com/pod-eni
c9g.large,,,,2,aws,nitro,4096,arm64,,1930m,59,
m5.metal,,,,96,,,393216,amd64,,,,120
trn2.48xlarge,16,aws,trainium2,192,,,2097152,amd64,128,,100,
`,
		"pricing/ec2/prices.csv": `
name,cn-north-1,us-east-1,us-gov-east-1,us-gov-west-1,us-west-2
day,2024-11-06,2026-07-20,2026-07-21,2026-07-21,2026-07-20
currency,CNY,USD,USD,USD,USD
c6g.large,,0.068,,,
m5.large,0.83,0.096,,0.121,0.096
m5.metal,,4.608,5,,4.608
`,
	} {
		text, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(path)))
		require.NoError(t, err)
		var facts strings.Builder
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "#") {
				facts.WriteString(line)
			}
		}
		require.Equal(t, want[1:], facts.String(), path)
	}
}

func TestRunSaysWhatItRead(t *testing.T) {
	checkout := os.DirFS(write(t, files()))
	var types bytes.Buffer
	require.NoError(t, writeTypes(&types, checkout, checkout))
	require.Contains(t, types.String(), "Karpenter core v1.14.0")
	require.Contains(t, types.String(), "generated at 2026-08-06")
}

func TestRunRefuses(t *testing.T) {
	require.ErrorContains(t, run(nil, t.TempDir()), "usage")
	require.ErrorContains(t, run([]string{t.TempDir(), t.TempDir()}, t.TempDir()), docsPath)

	for _, test := range []struct{ name, path, old, new, want string }{
		{"no number", docsPath, "|4096|", "|4Gi|", "c9g.large"},
		{"no core version", "go.mod", "sigs.k8s.io", "example.com", "go.mod does not require"},
		{"no date", limitsPath, "generated at", "made at", "does not say when"},
		{"no Go", limitsPath, "package", "pakcage", "expected 'package'"},
		{"no table", limitsPath, "var Limits =", "var x int\nvar ()\nconst Limits =", "declares no table"},
		{"no default card", limitsPath, "CardIndex: 1", "CardIndex: 2", "names no default network card"},
		{"no price", pricePaths()[0], "0.068000", "cheap", "c6g.large: price"},
		{"no limits", volumesPath, "volumeLimits", "limits", "has no volumeLimits"},
		{"no number of volumes", volumesPath, "{31", "{many", "m5.metal: is not a number and a kind"},
		{"no kind of limit", volumesPath, `31, "shared"`, `31, "soft"`, `m5.metal: "soft" is not a kind`},
		{"negative price", pricePaths()[1], "5.000000", "-5.000000", "us-gov-east-1: m5.metal: price"},
	} {
		t.Run(test.name, func(t *testing.T) {
			broken := files()
			require.Contains(t, broken[test.path], test.old)
			broken[test.path] = strings.Replace(broken[test.path], test.old, test.new, 1)
			module := write(t, map[string]string{"catalog/ec2/testdata/x": "", "pricing/ec2/x": ""})
			root := write(t, broken)
			require.ErrorContains(t, run([]string{root, root}, module), test.want)
		})
	}
}

// No text of the checkout makes the program panic.
func FuzzReadDocs(f *testing.F) {
	f.Add(files()[docsPath])
	f.Add("|cpu|2|\n### `\n|cpu|2|\n#### Labels\n||||\n")
	f.Fuzz(func(t *testing.T, text string) {
		pages, err := readDocs(fstest.MapFS{docsPath: {Data: []byte(text)}})
		require.NoError(t, err)
		for _, p := range pages {
			_, _ = rawType(p, nil)
		}
	})
}

func FuzzReadSource(f *testing.F) {
	f.Add(files()[limitsPath])
	f.Add(files()[pricePaths()[0]])
	f.Add("// generated at 2026-07-20\npackage x\nvar ()\nvar a, b = 1\nvar c = m{1: {}, f(): {}}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readSource(fstest.MapFS{"x.go": {Data: []byte(text)}}, "x.go")
		if err != nil {
			require.Nil(t, s.table)
			return
		}
		for name, e := range s.table {
			_, _ = rawType(page{name: name}, e)
			_, _ = readPrices(e)
		}
	})
}
