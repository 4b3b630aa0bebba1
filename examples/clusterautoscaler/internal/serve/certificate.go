package serve

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// A Certificate is a server's certificate in files, read again when they change. Its zero
// value has none; see LoadCertificate.
type Certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	read    *tls.Certificate
	changed [2]time.Time // of the files that were read
}

// LoadCertificate reads a certificate and its key, both PEM.
func LoadCertificate(cert, key string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key, log: log}
	if err := c.reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Get is for tls.Config.GetCertificate: at each handshake it looks whether the files have
// changed. While new ones cannot be read, the old certificate stays.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.reload(); err != nil {
		c.log.Error("certificate: the old one stays", "why", err.Error())
	}
	return c.read, nil
}

// reload reads the files where they have changed.
func (c *Certificate) reload() error {
	var now [2]time.Time
	for i, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		now[i] = info.ModTime()
	}
	if c.read != nil && now == c.changed {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", c.cert, c.key, err)
	}
	c.read, c.changed = &pair, now
	return nil
}
