package binpack

import (
	"math/big"

	"github.com/stowage/stowage/catalog"
)

// PodValues are what pods are worth by a plan's certificate.
type PodValues struct {
	Pods      []catalog.Price // Pods[i] is the value of Problem.Pods[i], per hour
	Workloads []catalog.Price // of one replica of Problem.Workloads[i], per hour
}

// Values returns shadow prices of the pods of p, in billionths of a US dollar per hour:
// what the room for one more such pod costs at the margin. They are the values of the
// certificate's strongest cut, scaled so that all pods of p together are worth the
// plan's LowerBound. Where nodes are whole and pods few, one more pod can cost nothing or
// a node: shadow prices serve to compare groups of pods, not to bill one. A plan of
// another Problem, or one whose bound is 0, gives zeros.
//
// https://en.wikipedia.org/wiki/Shadow_price
func (p *Plan) Values(of Problem) PodValues {
	out := PodValues{make([]catalog.Price, len(of.Pods)), make([]catalog.Price, len(of.Workloads))}
	at := p.Certificate.Strongest
	if at < 0 || at >= len(p.Certificate.Cuts) {
		return out
	}
	cut := p.Certificate.Cuts[at]
	if len(cut.Pods) != len(of.Pods) || len(cut.Workloads) != len(of.Workloads) {
		return out
	}
	all := new(big.Int)
	for _, v := range cut.Pods {
		all.Add(all, big.NewInt(v))
	}
	for i, v := range cut.Workloads {
		all.Add(all, new(big.Int).Mul(big.NewInt(v), big.NewInt(int64(of.Workloads[i].Replicas))))
	}
	if all.Sign() <= 0 {
		return out
	}
	scaled := func(v int64) catalog.Price {
		n := new(big.Int).Mul(big.NewInt(v), big.NewInt(int64(p.LowerBound)))
		return catalog.Price(n.Div(n, all).Int64())
	}
	for i, v := range cut.Pods {
		out.Pods[i] = scaled(v)
	}
	for i, v := range cut.Workloads {
		out.Workloads[i] = scaled(v)
	}
	return out
}
