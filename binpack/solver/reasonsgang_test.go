package solver_test

import (
	"testing"

	"github.com/stowage/stowage/binpack"
)

// TestReasonsOfGangs: where one pod of a gang has no place, no other is placed.
func TestReasonsOfGangs(t *testing.T) {
	gangs := func(p *binpack.Problem) { p.GangLabel = "job" }
	job := func(rules ...podRule) []binpack.Workload {
		return []binpack.Workload{deployment(2, "worker", cpu("1"), labelled("job", "7")), deployment(1, "leader", append(rules, labelled("job", "7"))...)}
	}
	for name, c := range map[string]reasonCase{
		"one is too large": {job(cpu("9")), gangs, []string{
			"2 worker, default: Gang (metadata.labels[job]: default/leader cannot be placed: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a)))",
			"1 leader, default: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a))",
		}},
		"one waits for its gates": {job(gated), gangs, []string{
			"2 worker, default: Gang (metadata.labels[job]: default/leader cannot be placed: SchedulingGated (spec.schedulingGates: example.com/wait))",
			"1 leader, default: SchedulingGated (spec.schedulingGates: example.com/wait)",
		}},
		"one has no place beside others": {job(near("db", keyZone)), gangs, []string{
			"2 worker, default: Gang (metadata.labels[job]: default/leader cannot be placed: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=db in its topology.kubernetes.io/zone; a has 0))",
			"1 leader, default: PodAffinity (spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app=db in its topology.kubernetes.io/zone; a has 0; fits small in a without spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
		}},
		"another gang": {append(job(cpu("9")), deployment(1, "other", cpu("1"), labelled("job", "8"))), gangs, []string{
			"2 worker, default: Gang (metadata.labels[job]: default/leader cannot be placed: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a)))",
			"1 leader, default: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a))",
		}},
		"too many for the limit": {job(cpu("1")), both(gangs, onPool(limited("cpu", "2"))), []string{
			"2 worker, default: Gang (metadata.labels[job]: the 3 pods of default/7 cannot all be placed)",
			"1 leader, default: Gang (metadata.labels[job]: the 3 pods of default/7 cannot all be placed)",
		}},
		"none for the limit": {job(cpu("1")), both(gangs, onPool(limited("cpu", "1"))), []string{
			"2 worker, default: PoolLimit (Pools[0].limits[cpu]: one more small in a takes 2, 1 is left)",
			"1 leader, default: PoolLimit (Pools[0].limits[cpu]: one more small in a takes 2, 1 is left)",
		}},
		"not of the gang": {append(job(cpu("9")), deployment(1, "single", cpu("1"))), gangs, []string{
			"2 worker, default: Gang (metadata.labels[job]: default/leader cannot be placed: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a)))",
			"1 leader, default: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a))",
		}},
		"of pools that take none of it": {job(cpu("3")), both(gangs, func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{poolOf("small", allowing(keyType, "small")), poolOf("tainted", tainted(team))}
		}), []string{
			"2 worker, small: Gang (metadata.labels[job]: default/leader cannot be placed: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a)))",
			"2 worker, tainted: UntoleratedTaint (spec.tolerations: team=a:NoSchedule)",
			"1 leader, small: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a); fits large in a with Pools[0].requirements[0].values[1]: large)",
			"1 leader, tainted: UntoleratedTaint (spec.tolerations: team=a:NoSchedule; fits large in a with spec.tolerations[0]: team=a:NoSchedule)",
		}},
		"existing": {job(cpu("9")), both(gangs, inZone("a")), []string{
			"2 worker, default: Gang (metadata.labels[job]: default/leader cannot be placed: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a)))",
			"1 leader, default: InsufficientResources (asks for 9 of cpu, the most on a new node is 4 (large in a))",
		}},
	} {
		t.Run(name, func(t *testing.T) { explained(t, c) })
	}
}
