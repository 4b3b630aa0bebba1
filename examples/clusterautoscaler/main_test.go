package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// certificate writes a certificate for 127.0.0.1 and returns its files.
func certificate(t *testing.T) (cert, key string, trust *x509.CertPool) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	require.NoError(t, err)
	secret, err := x509.MarshalECPrivateKey(k)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(cert, public, 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), 0o600))
	trust = x509.NewCertPool()
	require.True(t, trust.AppendCertsFromPEM(public))
	return cert, key, trust
}

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// TestServe starts the process as it is installed, asks it, lets it explain and stops it.
func TestServe(t *testing.T) {
	cert, key, trust := certificate(t)
	var o options
	require.NoError(t, o.parse([]string{"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-cert", cert, "-key", key, "-work", "100000",
		"-config", write(t, "config.yaml", "prices: [{group: 'a*', price: '0.5'}]\ncharge: {cpu: 100m}\n"),
		"-price", "b=0.3"}, io.Discard))
	type addresses struct{ grpc, http string }
	ready := make(chan addresses, 1)
	o.ready = func(g, h net.Addr) { ready <- addresses{g.String(), h.String()} }
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var log bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- o.serve(ctx, &log) }()
	var at addresses
	select {
	case at = <-ready:
	case err := <-done:
		require.NoError(t, err)
		t.Fatal("it ended before it served")
	}
	require.Error(t, explain(ctx, at.http, io.Discard), "there was no request yet")

	conn, err := grpc.NewClient(at.grpc, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(trust, "")))
	require.NoError(t, err)
	defer conn.Close()
	resp, err := wire.BestOptions(ctx, conn, twoGroups(t))
	require.NoError(t, err)
	require.Len(t, resp.Options, 1)
	assert.Equal(t, "b", resp.Options[0].Group)
	var table bytes.Buffer
	require.NoError(t, explain(ctx, at.http, &table))
	assert.Contains(t, table.String(), "chosen: b")

	cancel()
	require.NoError(t, <-done)
	assert.Contains(t, log.String(), `"msg":"answer"`)
	assert.Contains(t, log.String(), `"msg":"stopped"`)
}

// twoGroups is a pod that groups a and b both hold.
func twoGroups(t *testing.T) *wire.Request {
	p := &corev1.Pod{}
	p.Name, p.Namespace = "p", "default"
	p.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}}}}
	pod, err := p.Marshal()
	require.NoError(t, err)
	n := &corev1.Node{}
	n.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("4Gi")}
	node, err := n.Marshal()
	require.NoError(t, err)
	return &wire.Request{Nodes: map[string][]byte{"a": node, "b": node},
		Options: []wire.Option{{Group: "a", Nodes: 1, Pods: [][]byte{pod}}, {Group: "b", Nodes: 1, Pods: [][]byte{pod}}}}
}

func TestFlagsAndFilesThatAreWrong(t *testing.T) {
	cert, key, _ := certificate(t)
	with := func(args ...string) []string { return append([]string{"-cert", cert, "-key", key}, args...) }
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "-cert and -key"},
		{with("more"), "unexpected argument"},
		{with("-time", "0s"), "-time"},
		{with("-price", "x"), "GROUP=USD"},
		{with("-price", "x=y"), "prices[0].price"},
		{with("-region", "mars"), "region"},
		{with("-max-nodes-per-scaleup", "-1"), "negative"},
		{with("-config", "no such file"), "no such file"},
		{with("-config", write(t, "c.yaml", "prise: []")), "prise"},
		{with("-config", write(t, "c.yaml", "charge: {cpu: '-1'}")), "charge[cpu]"},
		{with("-daemons", write(t, "d.yaml", "kind: Pod")), "document 1"},
		{[]string{"-cert", cert, "-key", "no such key"}, "no such key"},
		{with("-listen", "nowhere:-1"), "invalid port"},
	} {
		err := run(t.Context(), c.args, io.Discard, io.Discard)
		assert.ErrorContains(t, err, c.want, "%v", c.args)
	}
}
