package ec2

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const sample = `name,arch,vcpus,memory_mib,hypervisor,cpu_maker,clock_mhz,ebs_mbps,net_mbps,encryption,nvme_gb,enis,ipv4_per_eni,branch_enis,pods,efas,gpu_name,gpu_maker,gpus,gpu_mib,accelerator_name,accelerator_maker,accelerators,neuron_cores,volumes,volumes_shared
g6f.large,amd64,2,8192,nitro,amd,2600,5000,390,true,,2,10,5,,,l4,nvidia,0,2861,,,,,26,true
trn2.48xlarge,amd64,192,2097152,nitro,intel,3500,80000,3200000,true,7600,,,,100,16,,,,,trainium2,aws,16,8,,
`

func TestReadTable(t *testing.T) {
	types, err := ReadTable(strings.NewReader("# a comment, with commas\n" + sample))
	require.NoError(t, err)
	require.Equal(t, []Type{
		{
			Name: "g6f.large", Arch: "amd64", VCPUs: 2, MemoryMiB: 8192, Hypervisor: "nitro", CPUMaker: "amd",
			ClockMHz: 2600, EBSMbps: 5000, NetMbps: 390, Encryption: true, ENIs: 2, IPv4PerENI: 10, BranchENIs: 5,
			GPU: Device{Name: "l4", Maker: "nvidia", MemoryMiB: 2861}, Volumes: VolumeLimit{Count: 26, Shared: true},
		},
		{
			Name: "trn2.48xlarge", Arch: "amd64", VCPUs: 192, MemoryMiB: 2097152, Hypervisor: "nitro", CPUMaker: "intel",
			ClockMHz: 3500, EBSMbps: 80000, NetMbps: 3200000, Encryption: true, NVMeGB: 7600, Pods: 100, EFAs: 16,
			Accelerator: Device{Name: "trainium2", Maker: "aws", Count: 16, Cores: 8},
		},
	}, types)
}

func TestWriteReadsBack(t *testing.T) {
	types, err := ReadTable(strings.NewReader(sample))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, WriteTable(&out, types))
	require.Equal(t, sample, out.String())
}

func TestReadTableRefuses(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"empty", sample, "", "the columns are []"},
		{"other columns", "memory_mib", "memory_gib", "memory_gib"},
		{"missing cell", "trn2.48xlarge,", "", "wrong number of fields"},
		{"no number", "8192", "8Gi", `line 2: memory_mib: "8Gi" is not a whole number`},
		{"negative number", "8192", "-1", `memory_mib: "-1"`},
		{"too large a number", "8192", "9999999999", `memory_mib: "9999999999"`},
		{"architecture", "large,amd64", "large,x86", `line 2: arch: "x86" is none of ["amd64" "arm64"]`},
		{"name", "trn2.48xlarge", "trn2", `line 3: name: "trn2" is not like m5.large`},
		{"twice", "trn2.48xlarge", "g6f.large", "line 3: g6f.large is on line 2 too"},
		{"no memory", "8192", "", "g6f.large has no CPU or no memory"},
		{"interfaces and a pod limit", "5,,,l4", "5,9,,l4", "either enis and ipv4_per_eni or pods"},
		{"interfaces without addresses", "2,10,5", "2,,5", "either enis and ipv4_per_eni or pods"},
		{"quote", "g6f", `g"6f`, "line 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadTable(strings.NewReader(strings.Replace(sample, test.old, test.new, 1)))
			require.ErrorContains(t, err, test.want)
		})
	}
}

// What Read accepts survives a round trip.
func FuzzReadTable(f *testing.F) {
	f.Add(sample)
	f.Add("")
	f.Add("# only a comment\n")
	f.Add(strings.Replace(sample, "2,10,5", "2,,5", 1))
	f.Fuzz(func(t *testing.T, text string) {
		types, err := ReadTable(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, WriteTable(&out, types))
		again, err := ReadTable(&out)
		require.NoError(t, err)
		require.Equal(t, types, again)
	})
}
