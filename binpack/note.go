package binpack

// A Note says what of a Problem was read otherwise than it may be meant, where no pod is
// left for it: a daemon with something that is not modelled, a label that nothing is
// known of.
type Note struct {
	Path string // in the Problem
	Text string // for people
}

// String returns path and text in one line.
func (n Note) String() string { return n.Path + ": " + n.Text }
