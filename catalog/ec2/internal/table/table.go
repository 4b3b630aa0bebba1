// Package table reads and writes the raw facts of EC2 instance types.
//
// A table is comma-separated text: lines that begin with # for people, a line
// with the names of the columns, and one line for each type. An empty cell
// says that the type has no such thing.
package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// A Type is the raw facts of one instance type. A zero says that the type has
// no such thing.
type Type struct {
	Name       string // m5.large
	Arch       string // amd64 or arm64
	VCPUs      int64
	MemoryMiB  int64
	Hypervisor string // nitro or xen; "": bare metal
	CPUMaker   string // intel, amd or aws
	ClockMHz   int64  // sustained
	EBSMbps    int64  // most to and from EBS; 0: not EBS-optimized by default
	NetMbps    int64  // baseline; 0: AWS states only a word
	Encryption bool   // of traffic between instances, in transit
	NVMeGB     int64  // instance storage in all
	ENIs       int64  // network interfaces of the default network card
	IPv4PerENI int64  // addresses of each
	BranchENIs int64  // interfaces for pods with security groups
	Pods       int64  // pod limit, stated only where ENIs are not
	EFAs       int64  // elastic fabric adapters

	GPU         Device
	Accelerator Device
	NeuronCores int64 // of each accelerator
}

// A Device is the graphics cards or the accelerators of a type.
type Device struct {
	Name      string // "": the type has none
	Maker     string
	Count     int64 // 0 beside a name: a share of one card
	MemoryMiB int64 // of each; 0: not stated
}

func columns() []string {
	return []string{
		"name", "arch", "vcpus", "memory_mib", "hypervisor", "cpu_maker", "clock_mhz", "ebs_mbps", "net_mbps",
		"encryption", "nvme_gb", "enis", "ipv4_per_eni", "branch_enis", "pods", "efas",
		"gpu_name", "gpu_maker", "gpus", "gpu_mib",
		"accelerator_name", "accelerator_maker", "accelerators", "neuron_cores",
	}
}

// Read reads a table. An error names the line and what is wrong with it.
func Read(r io.Reader) ([]Type, error) {
	lines := csv.NewReader(r)
	lines.Comment = '#'
	header, err := lines.Read()
	if err != nil && err != io.EOF {
		return nil, err
	}
	if !slices.Equal(header, columns()) {
		return nil, fmt.Errorf("the columns are %q, not %q", header, columns())
	}
	var types []Type
	lineOf := map[string]int{}
	for {
		record, err := lines.Read()
		if err == io.EOF {
			return types, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := lines.FieldPos(0)
		t, err := parse(record)
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

func parse(record []string) (Type, error) {
	c := cells{record: record, names: columns()}
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
		Accelerator: Device{Name: c.text(), Maker: c.text(), Count: c.number(countBits)},
		NeuronCores: c.number(countBits),
	}
	return t, errors.Join(c.err, check(&t))
}

// check returns what is wrong with t where each cell by itself is right.
func check(t *Type) error {
	if _, err := ParseName(t.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	if t.VCPUs == 0 || t.MemoryMiB == 0 {
		return fmt.Errorf("%s has no CPU or no memory", t.Name)
	}
	if (t.ENIs > 0) != (t.IPv4PerENI > 0) || (t.ENIs > 0) == (t.Pods > 0) {
		return fmt.Errorf("%s needs either enis and ipv4_per_eni or pods", t.Name)
	}
	return nil
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

// Write writes a table that Read reads, without lines for people.
func Write(w io.Writer, types []Type) error {
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
	return []string{
		t.Name, t.Arch, number(t.VCPUs), number(t.MemoryMiB), t.Hypervisor, t.CPUMaker, number(t.ClockMHz),
		number(t.EBSMbps), number(t.NetMbps), strconv.FormatBool(t.Encryption), number(t.NVMeGB),
		number(t.ENIs), number(t.IPv4PerENI), number(t.BranchENIs), number(t.Pods), number(t.EFAs),
		t.GPU.Name, t.GPU.Maker, gpus, number(t.GPU.MemoryMiB),
		t.Accelerator.Name, t.Accelerator.Maker, accelerators, number(t.NeuronCores),
	}
}

// number writes n, and nothing for zero.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
