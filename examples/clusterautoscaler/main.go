// Clusterautoscaler answers the gRPC expander of a stock cluster-autoscaler: which node
// group to grow, so that all rounds together cost least. Run it with -h for its flags.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/serve"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
)

const about = `Usage: clusterautoscaler -cert FILE -key FILE [flags]
       clusterautoscaler -explain [-http ADDRESS]

Answers cluster-autoscaler --expander=grpc. See README.md.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "clusterautoscaler:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	listen, http string
	cert, key    string
	config       string
	daemons      string
	region       string
	prices       []translate.PriceEntry
	balance      bool
	round        int
	explain      bool
	time         time.Duration
	chooser      choose.Chooser
	ready        func(grpc, http net.Addr) // for tests
}

func (o *options) parse(args []string, stderr io.Writer) error {
	f := flag.NewFlagSet("clusterautoscaler", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() { fmt.Fprint(stderr, about); f.PrintDefaults() }
	f.StringVar(&o.listen, "listen", ":7000", "`address` of the gRPC server")
	f.StringVar(&o.http, "http", "127.0.0.1:7001", "`address` of /metrics, /healthz and /explain")
	f.StringVar(&o.cert, "cert", "", "PEM `file` of the server's certificate, which cluster-autoscaler has to trust")
	f.StringVar(&o.key, "key", "", "PEM `file` of its key")
	f.StringVar(&o.config, "config", "", "YAML `file` of prices and charges")
	f.StringVar(&o.daemons, "daemons", "", "`file` of DaemonSets, as kubectl get daemonsets -A -o yaml prints them")
	f.StringVar(&o.region, "region", "", "`region` of templates that do not state one")
	f.Func("price", "`GROUP=USD` per hour, before those of -config; GROUP may have *; may be repeated", o.setPrice)
	f.BoolVar(&o.balance, "balance", false, "cluster-autoscaler has --balance-similar-node-groups")
	f.IntVar(&o.round, "max-nodes-per-scaleup", 0, "what cluster-autoscaler has as this flag; 0: more than a round needs")
	f.BoolVar(&o.explain, "explain", false, "print the table of the last request of the process at -http, and exit")
	f.DurationVar(&o.time, "time", 4*time.Second, "most `time` for an answer; cluster-autoscaler waits for 5 s")
	f.Int64Var(&o.chooser.Work, "work", 0, "most `ticks` for the whole plan; 0: the default")
	f.Int64Var(&o.chooser.Steps, "steps", 0, "most `steps` of the look-ahead; 0: the default")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", f.Arg(0))
	case !o.explain && (o.cert == "" || o.key == ""):
		return errors.New("-cert and -key are needed")
	case o.time <= 0:
		return fmt.Errorf("-time %s: is not above 0", o.time)
	}
	return nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	if err := o.parse(args, stderr); err != nil {
		return err
	}
	if o.explain {
		return explain(ctx, o.http, stdout)
	}
	return o.serve(ctx, stderr)
}

// explain prints the table of a process that runs.
func explain(ctx context.Context, address string, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/explain", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return fmt.Errorf("%s: %s: %s", address, resp.Status, b)
	}
	_, err = io.Copy(w, resp.Body)
	return err
}

// serve answers until ctx ends, and then what is under way.
func (o *options) serve(ctx context.Context, logTo io.Writer) error {
	log := slog.New(slog.NewJSONHandler(logTo, nil))
	reader, err := o.reader()
	if err != nil {
		return err
	}
	cert, err := serve.LoadCertificate(o.cert, o.key, log)
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	e := &serve.Expander{Reader: reader, Chooser: o.chooser, Time: o.time, Log: log, Metrics: serve.NewMetrics(registry)}
	calls, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	pages, err := net.Listen("tcp", o.http)
	if err != nil {
		calls.Close()
		return err
	}
	server, state := serve.GRPC(e, cert)
	web := serve.HTTP(e, registry)
	ended := make(chan error, 2)
	go func() { ended <- server.Serve(calls) }()
	go func() { ended <- web.Serve(pages) }()
	state.SetServingStatus("", healthpb.HealthCheckResponse_SERVING)
	log.Info("serving", "grpc", calls.Addr().String(), "http", pages.Addr().String(), "daemons", len(reader.Daemons), "prices", len(reader.Prices.Entries))
	if o.ready != nil {
		o.ready(calls.Addr(), pages.Addr())
	}
	running := 2
	select {
	case <-ctx.Done():
	case err = <-ended:
		running--
	}
	stop(server, state, web, o.time)
	for range running {
		<-ended
	}
	log.Info("stopped")
	return err
}

// stop lets calls that are under way come to their answers.
func stop(server *grpc.Server, state *health.Server, web *http.Server, most time.Duration) {
	state.Shutdown()
	timer := time.AfterFunc(most, server.Stop)
	server.GracefulStop()
	timer.Stop()
	web.Close()
}
