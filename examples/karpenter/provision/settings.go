package provision

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/karpenter/pkg/operator/options"
)

// Settings are the flags that Karpenter does not have. How preferences of pods are taken
// is Karpenter's own flag: --preference-policy.
type Settings struct {
	PlanTime     time.Duration // that the search for a plan takes, at most
	Alternatives int           // further instance types of a NodeClaim, at most; minValues may ask for more
	Handover     bool          // whether pods are led to the nodes of the plan
	Join         time.Duration // how long nodes are waited for, before their pods are planned again
	MarksFile    string        // where marks of offerings outlive a restart; "": MarksMap
	MarksMap     string        // namespace/name of a ConfigMap; "": they do not
}

// Default returns the defaults of the flags.
func Default() Settings {
	return Settings{PlanTime: time.Second, Alternatives: 10, Handover: true, Join: 2 * time.Minute, MarksMap: "kube-system/stowage-marks"}
}

// AddFlags adds the flags: Settings is an options.Injectable.
func (s *Settings) AddFlags(fs *options.FlagSet) {
	*s = Default()
	fs.DurationVar(&s.PlanTime, "plan-time", s.PlanTime, "How long a plan is searched for. The first plan takes what it takes.")
	fs.IntVar(&s.Alternatives, "alternatives", s.Alternatives, "How many further instance types a NodeClaim names at most, on which all rules hold as well. minValues may ask for more.")
	fs.BoolVarWithEnv(&s.Handover, "handover", "HANDOVER", s.Handover, "Whether new nodes are held by a startup taint until their pods are nominated for them.")
	fs.DurationVar(&s.Join, "handover-join", s.Join, "How long nodes are waited for. Then their NodeClaims are deleted and their pods planned again.")
	fs.StringVar(&s.MarksFile, "marks-file", s.MarksFile, "File that keeps which offerings had no capacity.")
	fs.StringVar(&s.MarksMap, "marks-configmap", s.MarksMap, "namespace/name of the ConfigMap that keeps which offerings had no capacity, where there is no file. Empty: they are kept in memory alone.")
}

// Parse reads the arguments.
func (s *Settings) Parse(fs *options.FlagSet, args ...string) error {
	if !fs.Parsed() {
		if err := fs.Parse(args); err != nil {
			return err
		}
	}
	if s.PlanTime <= 0 || s.Join <= 0 || s.Alternatives < 0 {
		return fmt.Errorf("--plan-time and --handover-join must be positive, --alternatives not negative")
	}
	return nil
}

type settingsKey struct{}

// ToContext puts the settings into a context.
func (s *Settings) ToContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, settingsKey{}, s)
}

// FromContext returns the settings of a context, or the defaults.
func FromContext(ctx context.Context) Settings {
	if s, ok := ctx.Value(settingsKey{}).(*Settings); ok {
		return *s
	}
	return Default()
}
