package serve

import (
	"crypto/tls"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// GRPC returns a server for e with the health service. Certificate nil: without TLS, which
// Cluster Autoscaler does not speak to.
func GRPC(e *Expander, c *Certificate) (*grpc.Server, *health.Server) {
	opts := []grpc.ServerOption{
		grpc.ForceServerCodecV2(wire.Codec{}),
		grpc.MaxRecvMsgSize(wire.MaxMessage),
		grpc.MaxSendMsgSize(wire.MaxMessage),
	}
	if c != nil {
		opts = append(opts, grpc.Creds(credentials.NewTLS(&tls.Config{GetCertificate: c.Get, MinVersion: tls.VersionTLS12})))
	}
	s := grpc.NewServer(opts...)
	wire.Register(s, e)
	h := health.NewServer()
	healthpb.RegisterHealthServer(s, h)
	return s, h
}

// HTTP returns a server of metrics, health and the table of the last answer.
func HTTP(e *Expander, g prometheus.Gatherer) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(g, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /explain", func(w http.ResponseWriter, _ *http.Request) {
		table := e.Last()
		if table == "" {
			http.Error(w, "there was no request yet", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, table)
	})
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
}
