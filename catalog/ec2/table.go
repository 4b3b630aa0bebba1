package ec2

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

func columns() []string {
	return []string{
		"name", "arch", "vcpus", "memory_mib", "hypervisor", "cpu_maker", "clock_mhz", "ebs_mbps", "net_mbps",
		"encryption", "nvme_gb", "enis", "ipv4_per_eni", "branch_enis", "pods", "efas",
		"gpu_name", "gpu_maker", "gpus", "gpu_mib",
		"accelerator_name", "accelerator_maker", "accelerators", "neuron_cores",
		"volumes", "volumes_shared",
	}
}

// ReadTable reads the facts of types from a table like the embedded types.csv:
// comma-separated text, lines that begin with # for people, a line with the names
// of the columns, and one line for each type. An empty cell says that the type has
// no such thing. An error names the line and what is wrong with it.
func ReadTable(r io.Reader) ([]Type, error) {
	lines := csv.NewReader(r)
	lines.Comment = '#'
	lines.ReuseRecord = true
	header, err := lines.Read()
	if err != nil && err != io.EOF {
		return nil, err
	}
	names := columns()
	if !slices.Equal(header, names) {
		return nil, fmt.Errorf("the columns are %q, not %q", header, names)
	}
	const room = 1500 // for EC2's types
	types := make([]Type, 0, room)
	lineOf := make(map[string]int, room)
	for {
		record, err := lines.Read()
		if err == io.EOF {
			return types, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := lines.FieldPos(0)
		t, err := parse(record, names)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if first, ok := lineOf[t.Name]; ok {
			return nil, fmt.Errorf("line %d: %s is on line %d too", line, t.Name, first)
		}
		lineOf[t.Name] = line
		types = append(types, t)
	}
}

// Numbers are bounded so that no formula over them leaves 64 bits.
const (
	countBits  = 16
	amountBits = 31
)

func parse(record, names []string) (Type, error) {
	c := cells{record: record, names: names}
	t := Type{
		Name:        c.text(),
		Arch:        c.text("amd64", "arm64"),
		VCPUs:       c.number(countBits),
		MemoryMiB:   c.number(amountBits),
		Hypervisor:  c.text("nitro", "xen", ""),
		CPUMaker:    c.text(),
		ClockMHz:    c.number(amountBits),
		EBSMbps:     c.number(amountBits),
		NetMbps:     c.number(amountBits),
		Encryption:  c.text("true", "false") == "true",
		NVMeGB:      c.number(amountBits),
		ENIs:        c.number(countBits),
		IPv4PerENI:  c.number(countBits),
		BranchENIs:  c.number(countBits),
		Pods:        c.number(countBits),
		EFAs:        c.number(countBits),
		GPU:         Device{Name: c.text(), Maker: c.text(), Count: c.number(countBits), MemoryMiB: c.number(amountBits)},
		Accelerator: Device{Name: c.text(), Maker: c.text(), Count: c.number(countBits), Cores: c.number(countBits)},
		Volumes:     VolumeLimit{Count: c.number(countBits), Shared: c.text("true", "") == "true"},
	}
	return t, errors.Join(c.err, t.check())
}

// cells reads a record from left to right and keeps the first fault.
type cells struct {
	record, names []string
	at            int
	err           error
}

func (c *cells) next() string {
	c.at++
	return c.record[c.at-1]
}

func (c *cells) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %w", c.names[c.at-1], fmt.Errorf(format, args...))
	}
}

// text returns the next cell, which must be one of legal if any are given.
func (c *cells) text(legal ...string) string {
	s := c.next()
	if len(legal) > 0 && !slices.Contains(legal, s) {
		c.fail("%q is none of %q", s, legal)
	}
	return s
}

// number returns the next cell as a number of at most bits bits.
func (c *cells) number(bits int) int64 {
	s := c.next()
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil {
		c.fail("%q is not a whole number of at most %d bits", s, bits)
	}
	return int64(n)
}

// WriteTable writes a table that ReadTable reads, without lines for people.
func WriteTable(w io.Writer, types []Type) error {
	records := [][]string{columns()}
	for i := range types {
		records = append(records, format(&types[i]))
	}
	return csv.NewWriter(w).WriteAll(records)
}

func format(t *Type) []string {
	gpus, accelerators := "", ""
	if t.GPU.Name != "" {
		gpus = strconv.FormatInt(t.GPU.Count, 10)
	}
	if t.Accelerator.Name != "" {
		accelerators = strconv.FormatInt(t.Accelerator.Count, 10)
	}
	shared := ""
	if t.Volumes.Shared {
		shared = "true"
	}
	return []string{
		t.Name, t.Arch, cell(t.VCPUs), cell(t.MemoryMiB), t.Hypervisor, t.CPUMaker, cell(t.ClockMHz),
		cell(t.EBSMbps), cell(t.NetMbps), strconv.FormatBool(t.Encryption), cell(t.NVMeGB),
		cell(t.ENIs), cell(t.IPv4PerENI), cell(t.BranchENIs), cell(t.Pods), cell(t.EFAs),
		t.GPU.Name, t.GPU.Maker, gpus, cell(t.GPU.MemoryMiB),
		t.Accelerator.Name, t.Accelerator.Maker, accelerators, cell(t.Accelerator.Cores), cell(t.Volumes.Count), shared,
	}
}

// cell writes n, and nothing for zero.
func cell(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
