package reading

import corev1 "k8s.io/api/core/v1"

// A Registry numbers the rules of one sort: rules of equal content have one
// number. The zero Registry is empty.
type Registry[R rule] struct {
	rules   []R
	numbers map[string]int // by content
}

type rule interface {
	Content() string
	Selects(pod *corev1.Pod) bool
}

// A Ref is a pod's own rule, with its number.
type Ref[R rule] struct {
	Rule   R // as the pod states it: paths differ between pods
	Number int
}

// Intern returns the rules with their numbers.
func (g *Registry[R]) Intern(rules []R) []Ref[R] {
	var out []Ref[R]
	for _, rule := range rules {
		content := rule.Content()
		number, known := g.numbers[content]
		if !known {
			if g.numbers == nil {
				g.numbers = map[string]int{}
			}
			number = len(g.rules)
			g.numbers[content] = number
			g.rules = append(g.rules, rule)
		}
		out = append(out, Ref[R]{rule, number})
	}
	return out
}

// Len returns how many rules there are. Their numbers are below it.
func (g *Registry[R]) Len() int { return len(g.rules) }

// Rule returns the first rule that got a number.
func (g *Registry[R]) Rule(number int) R { return g.rules[number] }

// selecting returns the numbers of the rules that select the pod.
func (g *Registry[R]) selecting(pod *corev1.Pod) []int {
	var out []int
	for number, rule := range g.rules {
		if rule.Selects(pod) {
			out = append(out, number)
		}
	}
	return out
}

func numbers[R rule](refs []Ref[R]) []int {
	var out []int
	for _, ref := range refs {
		out = append(out, ref.Number)
	}
	return out
}
