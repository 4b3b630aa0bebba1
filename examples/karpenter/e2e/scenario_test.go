package main

import "testing"

// TestPods: each wave has pods with each kind of rule, and all ask for something.
func TestPods(t *testing.T) {
	for wave := range waves {
		var spread, apart, batch int
		names := map[string]bool{}
		for i := range 100 {
			p := podOf(wave, i)
			names[p.Name] = true
			if p.Spec.Containers[0].Resources.Requests.Cpu().Sign() <= 0 {
				t.Errorf("%s asks for no cpu", p.Name)
			}
			spread += len(p.Spec.TopologySpreadConstraints)
			if a := p.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
				apart++
			}
			batch += len(p.Spec.Tolerations)
		}
		if len(names) != 100 || spread != 20 || apart != 10 || batch != 20 {
			t.Errorf("wave %d: %d names, %d spread, %d apart, %d for batch", wave, len(names), spread, apart, batch)
		}
	}
}
