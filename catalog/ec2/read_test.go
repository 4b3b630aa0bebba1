package ec2_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/internal/jsonstream"
)

func sample(t testing.TB, name string) string {
	text, err := os.ReadFile("testdata/aws/" + name)
	require.NoError(t, err)
	return string(text)
}

// embedded returns the embedded facts by name.
func embedded(t testing.TB) ([]ec2.Type, map[string]ec2.Type) {
	file, err := os.Open("types.csv")
	require.NoError(t, err)
	defer file.Close()
	all, err := ec2.ReadTable(file)
	require.NoError(t, err)
	byName := map[string]ec2.Type{}
	for _, it := range all {
		byName[it.Name] = it
	}
	return all, byName
}

func TestReadTypes(t *testing.T) {
	types, err := ec2.ReadTypes(strings.NewReader(sample(t, "instance-types.json")))
	require.NoError(t, err)
	require.Len(t, types, 8)
	_, known := embedded(t)
	for _, it := range types[:7] {
		want := known[it.Name]
		want.Markets = []catalog.CapacityType{catalog.OnDemand, catalog.Spot}
		if want.Volumes.Count == 0 {
			want.Volumes = ec2.VolumeLimit{Count: 27, Shared: true} // the driver's default
		}
		require.Equal(t, want, it)
	}
	require.Equal(t, "arm64_mac", types[7].Arch)
}

// describe states facts as DescribeInstanceTypes does.
func describe(it *ec2.Type) map[string]any {
	type m = map[string]any
	device := func(d ec2.Device) m {
		return m{"Name": strings.ToUpper(strings.ReplaceAll(d.Name, "-", " ")), "Manufacturer": strings.ToUpper(d.Maker), "Count": d.Count, "MemoryInfo": m{"SizeInMiB": d.MemoryMiB}}
	}
	other := m{"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 1}
	info := m{
		"InstanceType": it.Name, "Hypervisor": it.Hypervisor,
		"ProcessorInfo": m{
			"SupportedArchitectures":   []string{map[string]string{"amd64": "x86_64", "arm64": "arm64"}[it.Arch]},
			"SustainedClockSpeedInGhz": float64(it.ClockMHz) / 1000, "Manufacturer": strings.ToUpper(it.CPUMaker),
		},
		"VCpuInfo": m{"DefaultVCpus": it.VCPUs}, "MemoryInfo": m{"SizeInMiB": it.MemoryMiB},
		"EbsInfo": m{"EbsOptimizedSupport": "supported"},
		"NetworkInfo": m{
			"DefaultNetworkCardIndex": 1, "NetworkCards": []any{other, m{"MaximumNetworkInterfaces": it.ENIs, "BaselineBandwidthInGbps": float64(it.NetMbps) / 1000}},
			"Ipv4AddressesPerInterface": it.IPv4PerENI, "EncryptionInTransitSupported": it.Encryption, "EfaInfo": m{"MaximumEfaInterfaces": it.EFAs},
		},
	}
	ebs := info["EbsInfo"].(m)
	if it.EBSMbps > 0 {
		ebs["EbsOptimizedSupport"], ebs["EbsOptimizedInfo"] = "default", m{"MaximumBandwidthInMbps": it.EBSMbps}
	}
	if it.Volumes.Count > 0 {
		ebs["MaximumEbsAttachments"], ebs["AttachmentLimitType"] = it.Volumes.Count, map[bool]string{true: "shared", false: "dedicated"}[it.Volumes.Shared]
	}
	if it.NVMeGB > 0 {
		info["InstanceStorageInfo"] = m{"TotalSizeInGB": it.NVMeGB, "NvmeSupport": "required"}
	}
	if it.GPU.Name != "" {
		info["GpuInfo"] = m{"Gpus": []any{device(it.GPU)}}
	}
	if it.Accelerator.Cores > 0 {
		neuron := device(it.Accelerator)
		neuron["CoreInfo"] = m{"Count": it.Accelerator.Cores}
		info["NeuronInfo"] = m{"NeuronDevices": []any{neuron}}
	} else if it.Accelerator.Name != "" {
		info["InferenceAcceleratorInfo"] = m{"Accelerators": []any{device(it.Accelerator)}}
	}
	return info
}

// All embedded facts, stated as the command states them, are read as they are,
// and so make the same catalog.
func TestReadTypesReadsAllFacts(t *testing.T) {
	all, _ := embedded(t)
	var infos []any
	var want []ec2.Type
	for i := range all {
		if all[i].ENIs > 0 { // the command knows the interfaces of each
			infos = append(infos, describe(&all[i]))
			want = append(want, all[i])
		}
	}
	require.Len(t, want, 1355)
	text, err := json.Marshal(map[string]any{"InstanceTypes": infos})
	require.NoError(t, err)
	types, err := ec2.ReadTypes(bytes.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, want, types)
}

func TestReadOffered(t *testing.T) {
	offered, err := ec2.ReadOffered(strings.NewReader(sample(t, "offerings.json")))
	require.NoError(t, err)
	require.Len(t, offered, 21)
	require.Equal(t, ec2.Offered{InstanceType: "c5.large", Zone: "eu-west-1a"}, offered[0])
}

func TestReadZones(t *testing.T) {
	ids, err := ec2.ReadZones(strings.NewReader(sample(t, "zones.json")))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"eu-west-1a": "euw1-az3", "eu-west-1b": "euw1-az1", "eu-west-1c": "euw1-az2"}, ids)
}

func TestReadReservations(t *testing.T) {
	all, err := ec2.ReadReservations(strings.NewReader(sample(t, "reservations.json")))
	require.NoError(t, err)
	require.Equal(t, []ec2.Reservation{
		{ID: "cr-0a1b2c3d4e5f60001", InstanceType: "m5.large", Zone: "eu-west-1a", Available: 3, Type: "default"},
		{ID: "cr-0a1b2c3d4e5f60002", InstanceType: "g4dn.xlarge", Zone: "eu-west-1b", Type: "capacity-block"},
	}, all)
}

// readers are the readers and their samples.
func readers() map[string]func(io.Reader) error {
	return map[string]func(io.Reader) error{
		"instance-types.json": func(r io.Reader) error { _, err := ec2.ReadTypes(r); return err },
		"offerings.json":      func(r io.Reader) error { _, err := ec2.ReadOffered(r); return err },
		"zones.json":          func(r io.Reader) error { _, err := ec2.ReadZones(r); return err },
		"reservations.json":   func(r io.Reader) error { _, err := ec2.ReadReservations(r); return err },
	}
}

func TestReadersRefuse(t *testing.T) {
	for _, test := range []struct{ file, old, new, want string }{
		{"instance-types.json", `"c5.large"`, `"c5"`, `line 3, column 9: InstanceTypes[0]: name: "c5" is not like m5.large`},
		{"instance-types.json", `"m5.large"`, `"c5.large"`, "InstanceTypes[1]: c5.large is there twice"},
		{"instance-types.json", `"SizeInMiB": 4096`, `"SizeInMiB": "4Gi"`, "InstanceTypes[0].MemoryInfo.SizeInMiB: there is a string where a whole number is expected"},
		{"instance-types.json", `"SizeInMiB": 4096`, `"SizeInMiB": 0`, "c5.large has no CPU or no memory"},
		{"instance-types.json", `"SizeInMiB": 4096`, `"SizeInMiB": -1`, "c5.large has an amount of -1"},
		{"instance-types.json", `"DefaultVCpus": 2`, `"DefaultVCpus": 1e9`, "VCpuInfo.DefaultVCpus: there is a number 1e9"},
		{"instance-types.json", `"DefaultNetworkCardIndex": 0`, `"DefaultNetworkCardIndex": 1`, "NetworkInfo: there is no default network card"},
		{"instance-types.json", `"SustainedClockSpeedInGhz": 3.4`, `"SustainedClockSpeedInGhz": -3.4`, `SustainedClockSpeedInGhz: "-3.4" is not a decimal number`},
		{"instance-types.json", `"BaselineBandwidthInGbps": 0.75`, `"BaselineBandwidthInGbps": 1e9`, `NetworkCards[0].BaselineBandwidthInGbps: "1e9" is not`},
		{"instance-types.json", `"x86_64"`, ``, "ProcessorInfo.SupportedArchitectures: there is none"},
		{"instance-types.json", `"InstanceTypes"`, `"Types"`, "there is no InstanceTypes here: is this what aws ec2 describe-instance-types prints?"},
		{"offerings.json", "availability-zone", "region", `line 3, column 9: InstanceTypeOfferings[0]: LocationType is "region": ask with --location-type availability-zone`},
		{"offerings.json", `"eu-west-1a"`, `""`, "has no InstanceType or no Location"},
		{"offerings.json", `"m5.large"`, `"c5.large"`, "c5.large in eu-west-1a is there twice"},
		{"offerings.json", "{\n    \"Inst", "{\"NextToken\": \"x\",\n    \"Inst", "line 1, column 15: NextToken: there is more than this page"},
		{"zones.json", `"euw1-az3"`, `""`, "AvailabilityZones[0]: has no ZoneName or no ZoneId"},
		{"zones.json", `"eu-west-1b"`, `"eu-west-1a"`, "eu-west-1a is there twice"},
		{"reservations.json", `"active"`, `""`, "CapacityReservations[0]: has no CapacityReservationId, InstanceType, AvailabilityZone or State"},
		{"reservations.json", `"AvailableInstanceCount": 3`, `"AvailableInstanceCount": -3`, "has no AvailableInstanceCount"},
		{"reservations.json", `"AvailableInstanceCount": 3`, `"Other": 3`, "has no AvailableInstanceCount"},
	} {
		text := sample(t, test.file)
		require.Contains(t, text, test.old)
		err := readers()[test.file](strings.NewReader(strings.Replace(text, test.old, test.new, 1)))
		require.ErrorContains(t, err, test.want)
	}
}

// A file that is cut off anywhere is an error with a place.
func TestReadersRefuseHalves(t *testing.T) {
	for file, read := range readers() {
		text := strings.TrimSpace(sample(t, file))
		for i := 0; i < len(text); i += 1 + i/50 {
			var fault *jsonstream.Error
			require.ErrorAs(t, read(strings.NewReader(text[:i])), &fault, "%s, first %d bytes", file, i)
			require.Equal(t, 1+strings.Count(text[:i], "\n"), fault.Line)
		}
	}
}

// Whatever is in a file, it is read or there is an error with a place; what is read
// makes a sound catalog.
func FuzzReaders(f *testing.F) {
	for file := range readers() {
		text := sample(f, file)
		f.Add(text)
		f.Add(text[:len(text)/2])
		for _, digit := range []string{"1", "2", "3"} {
			f.Add(strings.ReplaceAll(text, digit, "[]"))
			f.Add(strings.ReplaceAll(text, digit, "-9"))
		}
		f.Add(strings.ReplaceAll(text, "null", "{}"))
		f.Add(strings.ReplaceAll(text, "a", "b"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for file, read := range readers() {
			if err := read(strings.NewReader(text)); err != nil {
				var fault *jsonstream.Error
				require.ErrorAs(t, err, &fault, file)
			}
		}
		types, err := ec2.ReadTypes(strings.NewReader(text))
		if err != nil {
			return
		}
		c, err := ec2.Options{Region: "r", Facts: types}.Catalog()
		require.NoError(t, err)
		require.NoError(t, c.Validate())
	})
}
