package diving

const (
	// stepDivisor: a step launches nodes for at least 1/stepDivisor of what the program
	// still costs.
	stepDivisor = 8
	// longest is the largest part that a step of a quick dive launches, whatever the time,
	// and finer by how much the parts differ that it is chosen of.
	longest, finer = 0.75, 1.0 / 64
	// lastPart is the part of the program's cost that the steps of a quick dive leave.
	lastPart = 0.01
	// dueFactor: a quick dive makes a solution where the program costs this part of what
	// it did the last time.
	dueFactor = 0.7
)

// A pace says how far the steps of a dive go, and when it makes solutions.
type pace struct {
	d          *Diver
	begun, end int64   // in ticks
	whole      float64 // what the program cost at first
	due        float64 // what it costs when a solution is due
}

// part returns which part of what the program still costs the next step launches at
// least: of a quick dive as much as lets it end in time, at the pace that it had.
func (p *pace) part(n *node) float64 {
	took := p.d.Meter.Spent() - p.begun
	if !p.d.Quick || n.depth == 0 || took <= 0 || n.x.Cost <= 0 {
		return 1.0 / stepDivisor
	}
	steps := max(1, (p.end-p.begun-took)*int64(n.depth)/took)
	for part := 1.0 / stepDivisor; part < longest; part += finer {
		left := n.x.Cost
		for range steps - 1 { // packing takes the place of the last
			left *= 1 - part
		}
		if left <= float64(lastPart*p.whole) {
			return part
		}
	}
	return longest
}

// isDue reports whether a solution is due where the program costs rest.
func (p *pace) isDue(rest float64) bool {
	if p.d.Quick && rest > p.due {
		return false
	}
	p.due = rest * dueFactor
	return true
}
