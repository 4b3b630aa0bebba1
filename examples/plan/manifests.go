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

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/examples/internal/cli"
)

// manifests are the flags that are about manifests.
type manifests struct {
	paths       []string
	replicas    map[string]int
	maxReplicas bool
	policy      binpack.MinValuesPolicy
	most        int64 // bytes of a file
	eks         bool  // with the daemons of every EKS node
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
	flags.Func("min-values-policy", "Karpenter's setting: `Strict` (default): a pool with too few values for its minValues launches nothing; or BestEffort", func(text string) error {
		if m.policy = binpack.MinValuesPolicy(text); m.policy != binpack.Strict && m.policy != binpack.BestEffort {
			return errors.New("is neither Strict nor BestEffort")
		}
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
		if slices.Contains([]string{"replicas", "max-replicas", "min-values-policy", "daemons", "max-bytes"}, f.Name) {
			err = fmt.Errorf("-%s is about manifests: it goes with -f", f.Name)
		}
	})
	return err
}

// read reads the manifests and returns the problem that they are.
func (m *manifests) read(stdin io.Reader, supply *cli.Supply) (input, error) {
	files, closeAll, err := m.open(stdin)
	defer closeAll()
	if err != nil {
		return input{}, err
	}
	objects, err := manifest.Reader{MaxBytes: m.most}.Read(files...)
	if err != nil {
		return input{}, err
	}
	supply.Usual = regionOf(objects.Zones(), supply.Priced())
	stock, err := supply.Load()
	if err != nil {
		return input{}, err
	}
	market := market{stock: stock, quiet: !supply.Given()}
	r, err := objects.Problem(manifest.Options{
		Replicas: m.replicas, MaxReplicas: m.maxReplicas, MinValuesPolicy: m.policy, Provisioner: "ebs.csi.aws.com",
		Catalog: market.catalog,
	})
	if err != nil {
		return input{}, err
	}
	r.Notes = append(r.Notes, market.notes...)
	r.Notes = append(r.Notes, unsold(r)...)
	if m.eks {
		addEKSDaemons(&r.Problem)
	}
	return input{problem: r.Problem, name: m.name(), manifests: r, prices: market.String(), market: cli.Market{Currency: stock.Currency, Notes: market.said}}, nil
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
