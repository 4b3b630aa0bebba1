package serve_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// files are a certificate of its own authority, as files.
type files struct{ cert, key string }

func newFiles(t testing.TB) files {
	dir := t.TempDir()
	f := files{filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")}
	f.write(t, 1)
	return f
}

// write makes a new certificate; generations differ in the time of their files.
func (f files) write(t testing.TB, generation int) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(int64(generation)), Subject: pkix.Name{CommonName: "expander"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	require.NoError(t, err)
	secret, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	stamp := now.Add(time.Duration(generation) * time.Minute)
	for path, b := range map[string]*pem.Block{f.cert: {Type: "CERTIFICATE", Bytes: der}, f.key: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(b), 0o600))
		require.NoError(t, os.Chtimes(path, stamp, stamp))
	}
}

// trust returns a pool with the certificate alone.
func (f files) trust(t testing.TB) *x509.CertPool {
	b, err := os.ReadFile(f.cert)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(b))
	return pool
}

func TestAWrongCertificate(t *testing.T) {
	r := newRig(t)
	other := newFiles(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := wire.BestOptions(ctx, r.client(t, other.trust(t)), request(t, pods(1, "1", "1Gi", nil)...))
	require.Equal(t, codes.Unavailable, status.Code(err), "%v", err)
	assert.ErrorContains(t, err, "certificate")
	r.answers(t)
}

func TestTheCertificateIsReadAgain(t *testing.T) {
	r := newRig(t)
	r.answers(t)
	old := r.files.trust(t)
	r.files.write(t, 2)
	r.answers(t)
	_, err := wire.BestOptions(t.Context(), r.client(t, old), request(t, pods(1, "1", "1Gi", nil)...))
	require.Error(t, err)

	trusted := r.files.trust(t)
	require.NoError(t, os.WriteFile(r.files.key, []byte("half a file"), 0o600))
	_, err = wire.BestOptions(t.Context(), r.client(t, trusted), request(t, pods(1, "1", "1Gi", nil)...))
	require.NoError(t, err, "the old certificate stays")
}
