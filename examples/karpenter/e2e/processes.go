package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

const token = "harness"

// A server is etcd, kube-apiserver and kube-scheduler on loopback.
type server struct {
	dir    string // of data, certificates and logs
	bin    string
	config *rest.Config
	ended  []func()
}

// start runs a program, with its output in a file, until stop.
func (s *server) start(name, program string, env []string, args ...string) (stop func(), err error) {
	logs, err := os.Create(filepath.Join(s.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = logs, logs, append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = logs.Close()
	}, nil
}

func (s *server) run(name string, args ...string) error {
	stop, err := s.start(name, name, nil, args...)
	if err == nil {
		s.ended = append(s.ended, stop)
	}
	return err
}

// stop ends all, the last first.
func (s *server) stop() {
	for i := len(s.ended) - 1; i >= 0; i-- {
		s.ended[i]()
	}
}

// newServer starts all three and waits until the API server is ready.
func newServer(ctx context.Context, bin, dir string) (*server, error) {
	s := &server{dir: dir, bin: bin}
	clients, peers, port := free(), free(), free()
	etcd := "http://127.0.0.1:" + clients
	if err := s.run("etcd", "--data-dir", filepath.Join(dir, "etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd,
		"--listen-peer-urls", "http://127.0.0.1:"+peers, "--initial-advertise-peer-urls", "http://127.0.0.1:"+peers, "--initial-cluster", "default=http://127.0.0.1:"+peers,
		"--unsafe-no-fsync", "--log-level", "error"); err != nil {
		return nil, err
	}
	key := filepath.Join(dir, "sa.key")
	if err := writeKey(key); err != nil {
		return s, err
	}
	tokens := filepath.Join(dir, "tokens")
	if err := os.WriteFile(tokens, []byte(token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return s, err
	}
	if err := s.run("kube-apiserver", "--etcd-servers", etcd, "--secure-port", port, "--bind-address", "127.0.0.1", "--cert-dir", filepath.Join(dir, "certs"),
		"--service-account-issuer", "https://kubernetes.default", "--service-account-key-file", key, "--service-account-signing-key-file", key,
		"--service-cluster-ip-range", "10.0.0.0/24", "--authorization-mode", "RBAC", "--token-auth-file", tokens,
		"--disable-admission-plugins", "ServiceAccount,TaintNodesByCondition"); err != nil {
		return s, err
	}
	s.config = &rest.Config{Host: "https://127.0.0.1:" + port, BearerToken: token, QPS: 1000, Burst: 2000, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	kube, err := kubernetes.NewForConfig(s.config)
	if err != nil {
		return s, err
	}
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		if _, err = kube.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err == nil {
			break
		}
		if time.Since(began) > 3*time.Minute {
			return s, fmt.Errorf("the API server is not ready: %w", err)
		}
	}
	if err := s.writeConfigs("https://127.0.0.1:" + port); err != nil {
		return s, err
	}
	return s, s.run("kube-scheduler", "--config", filepath.Join(dir, "scheduler.yaml"), "--secure-port", free(), "--cert-dir", filepath.Join(dir, "certs"))
}

func (s *server) kubeconfig() string { return filepath.Join(s.dir, "kubeconfig") }

// writeConfigs writes a kubeconfig, and the scheduler's settings.
func (s *server) writeConfigs(host string) error {
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: %q, insecure-skip-tls-verify: true}}], users: [{name: u, user: {token: %s}}], contexts: [{name: c, context: {cluster: c, user: u}}]}`, host, token)
	if err := os.WriteFile(s.kubeconfig(), []byte(text), 0o600); err != nil {
		return err
	}
	text = fmt.Sprintf(`apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection: {leaderElect: false}
clientConnection: {kubeconfig: %q, qps: 1000, burst: 2000}
`, s.kubeconfig())
	return os.WriteFile(filepath.Join(s.dir, "scheduler.yaml"), []byte(text), 0o600)
}

func writeKey(file string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), 0o600)
}

// free returns a port that is free now.
func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "0"
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
