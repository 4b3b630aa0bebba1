package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack/launch"
)

// A memory is what neither cluster nor cloud would tell after a restart. To lose it
// costs money or time, but no pod.
type memory struct {
	Runs        int                          // runs begun: names their tokens
	Unavailable *launch.UnavailableOfferings // what the cloud had none of
	Meant       map[string][]types.UID       // pods, by the ID of the instance
	Told        map[types.UID]string         // the last event of pods that stay
}

func readMemory(file string) (*memory, error) {
	m := &memory{Unavailable: &launch.UnavailableOfferings{}}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(data, m)
	}
	if err != nil {
		return nil, fmt.Errorf("memory: %w", err)
	}
	return m, nil
}

// write replaces the file as a whole.
func (m *memory) write(file string) error {
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
