package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/stowage/stowage/binpack"
)

// Progress is shown of searches that take longer than patience, at most every
// beat.
const (
	patience = time.Second
	beat     = 200 * time.Millisecond
)

// isTerminal reports whether a person reads w as it is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A progress is a line on a terminal that says how far a search is, and is
// written anew. nil shows nothing.
type progress struct {
	w     io.Writer
	unit  string // of prices, like USD/h
	start time.Time
	stop  chan struct{}
	done  sync.WaitGroup

	mutex sync.Mutex
	plan  *binpack.Plan // the best so far; nil: none yet
}

// newProgress begins to show a search.
func newProgress(w io.Writer, unit string, patience, beat time.Duration) *progress {
	p := &progress{w: w, unit: unit, start: time.Now(), stop: make(chan struct{})}
	p.done.Add(1)
	go p.run(patience, beat)
	return p
}

// run writes the line until it is to stop, and then removes it.
func (p *progress) run(patience, beat time.Duration) {
	defer p.done.Done()
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	shown := false
	for {
		select {
		case <-p.stop:
			if shown {
				fmt.Fprint(p.w, "\r\x1b[K")
			}
			return
		case now := <-ticks.C:
			if took := now.Sub(p.start); took >= patience {
				shown = true
				fmt.Fprint(p.w, "\r\x1b[K"+p.line(took))
			}
		}
	}
}

// show makes a plan the best so far.
func (p *progress) show(plan binpack.Plan) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.plan = &plan
}

// close removes the line.
func (p *progress) close() {
	if p == nil {
		return
	}
	close(p.stop)
	p.done.Wait()
}

// line is short enough for a narrow terminal.
func (p *progress) line(took time.Duration) string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	seconds := int(took / time.Second)
	if p.plan == nil {
		return fmt.Sprintf("looking for a first plan, %ds", seconds)
	}
	return fmt.Sprintf("%s %s, at least %s, gap %.2f%%, %ds (Ctrl-C: that is it)", p.plan.Cost+p.plan.Charge, p.unit, p.plan.LowerBound, 100*p.plan.Gap(), seconds)
}
