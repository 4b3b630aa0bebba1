package launch

import (
	"sync"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Pauses of the zero UnavailableOfferings.
const (
	DefaultFirst = 3 * time.Minute
	DefaultMost  = 30 * time.Minute

	// MaxPause bounds the pauses that callers state: the longest that a zonal shift
	// is announced for.
	MaxPause = 72 * time.Hour
)

// UnavailableOfferings remembers what could not be launched. What a failure marks
// is paused: first for three minutes, and twice as long with every failure that
// follows, up to a most. When the pause ends only a probe is allowed, a limited
// number of attempts: if that fails too the next pause begins, and with every
// success half of the failures are forgotten. A mark that nobody has tried for as
// long as the longest pause is forgotten as well. So nothing is closed for ever,
// and what is empty is asked no more often than the probes.
//
// The zero value is ready. It is a [binpack.Availability], its methods may be
// called concurrently, and it can be saved and restored as JSON. It must not be
// copied.
type UnavailableOfferings struct {
	First  time.Duration    // pause after a first failure; 0: DefaultFirst
	Most   time.Duration    // longest pause; 0: DefaultMost
	Probes int              // attempts that are allowed at a time once a pause has ended; 0: 1
	Clock  func() time.Time // nil: time.Now

	// QuotaGroup names the quota that launches of an offering count towards; nil:
	// EC2QuotaGroup.
	QuotaGroup func(k catalog.Key) string

	// Subnets is, for each zone, the subnets that launches may go to: the zone is
	// closed only while all of them are. Where it has none for a zone, one subnet
	// closes the zone.
	Subnets map[string][]string

	mu    sync.Mutex
	marks map[Pattern]*mark
}

// A mark is what is remembered of the failures that a pattern stands for.
type mark struct {
	failures int // less those that successes made good
	pause    time.Duration
	until    time.Time // when the pause ends
	tried    int       // attempts since then without an answer
	triedAt  time.Time // the last of them
}

// Mark notes a failure. One that comes while the pause lasts is of an attempt
// that was made before it, and changes nothing.
func (u *UnavailableOfferings) Mark(p Pattern) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	u.forget(now)
	m := u.marks[p]
	switch {
	case m == nil:
		m = &mark{}
		if u.marks == nil {
			u.marks = map[Pattern]*mark{}
		}
		u.marks[p] = m
	case now.Before(m.until) && m.tried == 0:
		return
	}
	m.failures++
	m.begin(now, u.pauseAfter(m.failures))
}

// Pause closes what p matches for a time that the caller knows, as of a zonal
// shift, at most MaxPause; a pattern that matches everything, for the longest
// pause. A pause that lasts longer already stays.
func (u *UnavailableOfferings) Pause(p Pattern, d time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	u.forget(now)
	d = min(max(d, 0), MaxPause)
	if p == (Pattern{}) {
		d = min(d, u.most())
	}
	m := u.marks[p]
	if m == nil {
		m = &mark{failures: 1}
		if u.marks == nil {
			u.marks = map[Pattern]*mark{}
		}
		u.marks[p] = m
	}
	if now.Add(d).After(m.until) {
		m.begin(now, d)
	}
}

func (m *mark) begin(now time.Time, pause time.Duration) {
	m.pause, m.until, m.tried = pause, now.Add(pause), 0
}

// Succeed notes a launch of k: of every mark that matches it half of the failures
// are forgotten, and its pause is over.
func (u *UnavailableOfferings) Succeed(k catalog.Key) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now, group := u.now(), u.groupOf(k)
	for p, m := range u.marks {
		if p.Subnet != "" || !p.Matches(k, group) {
			continue
		}
		if m.failures /= 2; m.failures == 0 {
			delete(u.marks, p)
		} else if m.tried = 0; now.Before(m.until) {
			m.until = now
		}
	}
}

// Clear forgets the mark of just this pattern: a zonal shift that ended early.
func (u *UnavailableOfferings) Clear(p Pattern) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.marks, p)
}

// Available returns how many launches of k may be attempted now.
func (u *UnavailableOfferings) Available(k catalog.Key) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	least, _ := u.allowed(k)
	return least
}

// Allow is Available for one who is about to launch n nodes of k: it returns how
// many of them may be attempted, and counts these against the probes.
func (u *UnavailableOfferings) Allow(k catalog.Key, n int) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	least, probed := u.allowed(k)
	n = min(n, least)
	for _, m := range probed {
		m.tried += n
		m.triedAt = u.now()
	}
	return n
}

// Until returns when k may be attempted again; the zero time: now.
func (u *UnavailableOfferings) Until(k catalog.Key) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	var until time.Time
	now := u.now()
	for _, m := range u.of(k) {
		if u.left(m, now) == 0 && m.ends(u.probePause()).After(until) {
			until = m.ends(u.probePause())
		}
	}
	return until
}

// ends returns when the next attempt is allowed, of a mark that allows none now.
func (m *mark) ends(probePause time.Duration) time.Time {
	if m.tried > 0 {
		return m.triedAt.Add(probePause)
	}
	return m.until
}

// allowed returns the most attempts of k, and the marks that they are probes of.
func (u *UnavailableOfferings) allowed(k catalog.Key) (int, []*mark) {
	now := u.now()
	least := binpack.Unlimited
	marks := u.of(k)
	for _, m := range marks {
		least = min(least, u.left(m, now))
	}
	return least, marks
}

// of returns the marks that close k while they are paused. Of a zone with several
// subnets it is that of the one which is open first, if all have one.
func (u *UnavailableOfferings) of(k catalog.Key) []*mark {
	group, now := u.groupOf(k), u.now()
	var out []*mark
	subnets := map[string]*mark{}
	for p, m := range u.marks {
		switch {
		case now.After(m.until.Add(max(u.most(), m.pause))) || !p.Matches(k, group):
		case p.Subnet == "" || len(u.Subnets[k.Zone]) == 0:
			out = append(out, m)
		default:
			subnets[p.Subnet] = m
		}
	}
	var first *mark
	for _, s := range u.Subnets[k.Zone] {
		m := subnets[s]
		if m == nil {
			return out
		}
		if first == nil || u.left(m, now) > u.left(first, now) || u.left(m, now) == u.left(first, now) && m.until.Before(first.until) {
			first = m
		}
	}
	if first != nil {
		out = append(out, first)
	}
	return out
}

// left returns how many attempts a mark allows. A probe whose answer is overdue
// does not count, and an end that is further away than the pause is long is that of
// a clock that went back.
func (u *UnavailableOfferings) left(m *mark, now time.Time) int {
	if m.until.Sub(now) > m.pause {
		m.until = now.Add(m.pause)
	}
	if now.Before(m.until) {
		return 0
	}
	if m.tried > 0 && (now.Sub(m.triedAt) >= u.probePause() || m.triedAt.After(now)) {
		m.tried = 0
	}
	return max(max(u.Probes, 1)-m.tried, 0)
}

// forget drops marks that nobody tried for long, so that the memory stays small.
func (u *UnavailableOfferings) forget(now time.Time) {
	for p, m := range u.marks {
		if now.After(m.until.Add(max(u.most(), m.pause))) {
			delete(u.marks, p)
		}
	}
}

// pauseAfter returns the pause after failures failures.
func (u *UnavailableOfferings) pauseAfter(failures int) time.Duration {
	pause := u.probePause()
	for range failures - 1 {
		if pause >= u.most()/2 { // twice as long could be more than a Duration holds
			return u.most()
		}
		pause *= 2
	}
	return min(pause, u.most())
}

// probePause is the first pause; a probe is given as long to be answered.
func (u *UnavailableOfferings) probePause() time.Duration {
	if u.First > 0 {
		return u.First
	}
	return DefaultFirst
}

func (u *UnavailableOfferings) most() time.Duration {
	if u.Most > 0 {
		return u.Most
	}
	return max(DefaultMost, u.probePause())
}

func (u *UnavailableOfferings) now() time.Time {
	if u.Clock != nil {
		return u.Clock()
	}
	return time.Now()
}

func (u *UnavailableOfferings) groupOf(k catalog.Key) string {
	if u.QuotaGroup != nil {
		return u.QuotaGroup(k)
	}
	return EC2QuotaGroup(k)
}
