package ilp

const (
	// keptLeaves is the fewest leaves of a program that is worth going on from, and mostKept the most that are kept open.
	keptLeaves, mostKept = 400, 20_000
)

// Resume makes b, which is not solved yet, go on from where an earlier program ended, if each of its launches is one of that
// program's: what that one closed stays closed, and its open leaves are solved anew when their turn comes. The earlier
// program, which is used up, has the first rows of b, whose gains may have been greater, the same caps and options at the same
// prices, and refuted only what b would. all are the options of b and those that these replace. nil stands for none, and small ones are not worth
// going on from.
func (b *Branching) Resume(o *Branching, all []Option) {
	if o != nil && o.numbers >= keptLeaves && len(o.heap) <= mostKept {
		b.resume(o, all)
	}
}

func (b *Branching) resume(o *Branching, all []Option) {
	now, most := map[int]Option{}, map[int]int64{}
	for _, option := range all {
		now[option.Number] = option
	}
	options := make([]Option, len(o.Options))
	for i, option := range o.Options {
		options[i], most[option.Number] = now[option.Number], option.Most
		options[i].Most = option.Most
	}
	for _, option := range b.Options {
		if high, known := most[option.Number]; !known || high < option.Most {
			return
		}
	}
	b.Options, b.Groups = options, o.Groups
	b.heap, b.numbers, b.earlier = o.heap, o.numbers, o.earlier+1
	b.carried = append(o.carried, make([]bool, len(b.Values)-len(o.Values))...)
	o.heap = nil
}
