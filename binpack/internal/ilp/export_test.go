package ilp

// ResumeAnyway is Resume also of small programs.
func (b *Branching) ResumeAnyway(o *Branching, all []Option) { b.resume(o, all) }
