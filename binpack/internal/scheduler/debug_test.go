package scheduler

import (
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/apimachinery/pkg/api/meta"
)

type notes struct {
	mu sync.Mutex
	by map[string][]string
	t0 time.Time
}

func (n *notes) Eventf(regarding runtime.Object, related runtime.Object, eventtype, reason, action, note string, args ...interface{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	m, _ := meta.Accessor(regarding)
	n.by[m.GetName()] = append(n.by[m.GetName()], fmt.Sprintf("%.3f %s %s", time.Since(n.t0).Seconds(), reason, fmt.Sprintf(note, args...)))
}
func (n *notes) WithLogger(klog.Logger) events.EventRecorderLogger { return n }

var allNotes = &notes{by: map[string][]string{}, t0: time.Now()}

func init() { newRecorder = func() events.EventRecorderLogger { return allNotes } }
