package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/catalog"
	ec2pricing "github.com/stowage/stowage/pricing/ec2"
)

// manifests are the flags that are about manifests.
type manifests struct {
	paths       []string
	replicas    map[string]int
	maxReplicas bool
	most        int64 // bytes of a file
	market      market
	eks         bool // with the daemons of every EKS node
}

// addFlags adds them to a command.
func (m *manifests) addFlags(flags *flag.FlagSet) {
	flags.Func("f", "read manifests from this `file or folder` (-: standard input); may be repeated", func(path string) error {
		m.paths = append(m.paths, path)
		return nil
	})
	m.replicas = map[string]int{}
	flags.Func("replicas", "`workload=number` of pods in place of what the manifests say; may be repeated", m.setReplicas)
	flags.BoolVar(&m.maxReplicas, "max-replicas", false, "take the most pods that a HorizontalPodAutoscaler may ask for, not the least")
	flags.StringVar(&m.market.region, "region", "", "the `region` to buy in (default: that of the zones in the manifests, else "+usualRegion+")")
	flags.Func("zones", "the `zones` to buy in, with commas between (default: a, b and c of the region)", func(text string) error {
		m.market.zones = strings.Split(text, ",")
		return nil
	})
	flags.Func("daemons", "add what every node of a `platform` runs; eks: aws-node (50m of CPU) and kube-proxy (100m)", func(text string) error {
		if m.eks = text == "eks"; !m.eks {
			return errors.New("is not eks")
		}
		return nil
	})
	flags.Int64Var(&m.most, "max-bytes", manifest.DefaultMaxBytes, "the most `bytes` of a manifest file")
}

func (m *manifests) setReplicas(text string) error {
	name, number, _ := strings.Cut(text, "=")
	n, err := strconv.Atoi(number)
	if name == "" || err != nil {
		return errors.New("is not like name=3")
	}
	m.replicas[name] = n
	return nil
}

// check returns which flag is given in vain.
func (m *manifests) check(flags *flag.FlagSet) error {
	if len(m.paths) > 0 {
		return nil
	}
	var err error
	flags.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"replicas", "max-replicas", "region", "zones", "daemons", "max-bytes"}, f.Name) {
			err = fmt.Errorf("-%s is about manifests: it goes with -f", f.Name)
		}
	})
	return err
}

// read reads the manifests and returns the problem that they are.
func (m *manifests) read(stdin io.Reader) (input, error) {
	files, closeAll, err := m.open(stdin)
	defer closeAll()
	if err != nil {
		return input{}, err
	}
	objects, err := manifest.Reader{MaxBytes: m.most}.Read(files...)
	if err != nil {
		return input{}, err
	}
	if m.market.region == "" {
		m.market.region = regionOf(objects.Zones())
	}
	if _, err := ec2pricing.OnDemand(m.market.region); err != nil {
		return input{}, fmt.Errorf("-region: %w", err)
	}
	r, err := objects.Problem(manifest.Options{
		Replicas: m.replicas, MaxReplicas: m.maxReplicas, Provisioner: "ebs.csi.aws.com",
		Catalog: func(class manifest.NodeClass) (catalog.Catalog, error) { return m.market.catalog(class) },
	})
	if err != nil {
		return input{}, err
	}
	r.Notes = append(r.Notes, m.market.notes...)
	r.Notes = append(r.Notes, unsold(r)...)
	if m.eks {
		addEKSDaemons(&r.Problem)
	}
	return input{problem: r.Problem, name: m.name(), manifests: r, prices: m.market.String()}, nil
}

// open opens the files, those of folders by name.
func (m *manifests) open(stdin io.Reader) (files []manifest.Source, closeAll func(), err error) {
	var opened []*os.File
	closeAll = func() {
		for _, f := range opened {
			f.Close()
		}
	}
	for _, path := range m.paths {
		if path == "-" {
			files = append(files, manifest.Source{Name: "-", Reader: stdin})
			continue
		}
		paths, err := filesOf(path)
		if err != nil {
			return nil, closeAll, err
		}
		for _, path := range paths {
			f, err := os.Open(path)
			if err != nil {
				return nil, closeAll, err
			}
			opened = append(opened, f)
			files = append(files, manifest.Source{Name: path, Reader: f})
		}
	}
	return files, closeAll, nil
}

// filesOf returns a file, or the manifests that a folder has, not those of
// folders in it.
func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	entries, err := os.ReadDir(path) // by name
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml" || ext == ".json") {
			paths = append(paths, filepath.Join(path, e.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s has no *.yaml, *.yml or *.json", path)
	}
	return paths, nil
}

// name returns what to call the whole.
func (m *manifests) name() string {
	var names []string
	for _, path := range m.paths {
		names = append(names, filepath.Base(path))
	}
	return strings.Join(names, ", ")
}
