package market

import (
	"context"
	"errors"
	"io/fs"
	"os"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A Store keeps marks over a restart.
type Store interface {
	Load(ctx context.Context) ([]byte, error) // nothing: none were saved
	Save(ctx context.Context, data []byte) error
}

// A File keeps marks in the file of its name.
type File string

// Load returns what the file has.
func (f File) Load(context.Context) ([]byte, error) {
	data, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Save replaces the file as a whole.
func (f File) Save(_ context.Context, data []byte) error {
	if err := os.WriteFile(string(f)+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(string(f)+".new", string(f))
}

// A ConfigMap keeps marks in a ConfigMap. Reader must not be a cache that has not started.
type ConfigMap struct {
	Reader          client.Reader
	Client          client.Client
	Namespace, Name string
}

const dataKey = "marks.json"

func (c ConfigMap) object(data []byte) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: c.Namespace, Name: c.Name}, Data: map[string]string{dataKey: string(data)}}
}

// Load returns what the ConfigMap has.
func (c ConfigMap) Load(ctx context.Context) ([]byte, error) {
	have := c.object(nil)
	if err := c.Reader.Get(ctx, client.ObjectKeyFromObject(have), have); err != nil {
		return nil, client.IgnoreNotFound(err)
	}
	return []byte(have.Data[dataKey]), nil
}

// Save writes the ConfigMap, or makes it.
func (c ConfigMap) Save(ctx context.Context, data []byte) error {
	err := c.Client.Update(ctx, c.object(data))
	if apierrors.IsNotFound(err) {
		return c.Client.Create(ctx, c.object(data))
	}
	return err
}
