package serve

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/choose"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/translate"
	"github.com/stowage/stowage/examples/clusterautoscaler/internal/wire"
)

// Metrics are what Prometheus reads.
type Metrics struct {
	calls   *prometheus.CounterVec
	seconds prometheus.Histogram
	bytes   prometheus.Histogram
	found   *prometheus.CounterVec
	total   *prometheus.GaugeVec
	aside   *prometheus.GaugeVec
	cut     prometheus.Counter
}

// NewMetrics registers metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		calls:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "stowage_expander_calls_total", Help: "Calls, by gRPC code."}, []string{"code"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "stowage_expander_seconds", Help: "Time from the request to the answer.", Buckets: []float64{.05, .1, .25, .5, 1, 2, 3, 4, 5}}),
		bytes:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "stowage_expander_request_bytes", Help: "Size of requests.", Buckets: prometheus.ExponentialBuckets(1<<14, 4, 8)}),
		found:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "stowage_expander_answers_total", Help: "Answers, by what found them."}, []string{"why"}),
		total:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "stowage_expander_last_usd_per_hour", Help: "What all rounds would cost in the last answer, by who chooses; plan: the whole plan."}, []string{"by"}),
		aside:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "stowage_expander_last_set_aside", Help: "What the last request had that could not be judged, by reason."}, []string{"reason"}),
		cut:     prometheus.NewCounter(prometheus.CounterOpts{Name: "stowage_expander_cut_total", Help: "Answers whose look-ahead the time ended."}),
	}
	r.MustRegister(m.calls, m.seconds, m.bytes, m.found, m.total, m.aside, m.cut)
	return m
}

func (m *Metrics) answered(req *wire.Request, q *translate.Question, d *choose.Decision, took time.Duration) {
	m.calls.WithLabelValues(codes.OK.String()).Inc()
	m.seconds.Observe(took.Seconds())
	m.bytes.Observe(float64(req.Bytes))
	m.found.WithLabelValues(d.Why).Inc()
	m.total.WithLabelValues("stowage").Set(d.Total.USD())
	m.total.WithLabelValues("plan").Set(d.Plan.Cost.USD())
	for _, b := range d.Baselines {
		m.total.WithLabelValues(b.Name).Set(b.Total.USD())
	}
	m.aside.WithLabelValues("unpriced").Set(float64(len(q.Unpriced)))
	m.aside.WithLabelValues("faulty").Set(float64(len(q.Faulty)))
	if d.Cut {
		m.cut.Inc()
	}
}

func (m *Metrics) failed(code codes.Code, took time.Duration) {
	m.calls.WithLabelValues(code.String()).Inc()
	m.seconds.Observe(took.Seconds())
}
