// Package handover makes a plan come true: its pods run on its nodes.
//
// Launch the nodes of a plan with Taint, give their names and the live pods to a
// Handover, and call Run of a Driver that has your Cluster:
//
//	h := handover.Handover{Problem: p, Plan: plan, Nodes: names, Pods: live}
//	outcome, err := handover.Driver{Cluster: cluster}.Run(ctx, h)
//
// Cluster is four calls to the API server, and two more make it a Reserver; one by
// client-go is in binpack/internal/scheduler/embedder.go, to be copied. Outcome accounts
// for every pod: those whose Fate is not Bound are to be planned again. When a Run was
// ended by its context, or by a crash, call Run again with the same Handover: it goes on
// from what the cluster shows, and there is no state that is lost. Call GiveUp if it shall
// not go on. Steps says on paper what Run would do.
//
// # What it does
//
// A plan saves nothing by itself. kube-scheduler places the pods, and knows nothing of
// it: it takes pods in its own order and spreads them, so that some find no room, and
// another node is paid for each group of them. A Driver leads it to the plan instead.
// The launched nodes register with Taint and are held by it. Once they are there, or
// Driver.Join has passed,
//
//  1. every pod is nominated for its node: status.nominatedNodeName is patched.
//     kube-scheduler tries that node first, and keeps the room for the pod. The
//     nominations are also the record of the plan that the cluster keeps. While all
//     nodes are held a nomination that is taken back is given again, but not before
//     kube-scheduler rests: each that it takes back makes it try all pods again that
//     found no room, and take back theirs. Where some pod tolerates the taint, and the
//     Cluster is no Reserver, the others are nominated from the start, also for nodes that
//     are not there yet, if Handover.Nodes has their names;
//  2. what nominations cannot carry is bound, in an order in which all rules hold at
//     every point: pods with a required spread over domains, or a required affinity,
//     where the rule holds in some orders only. kube-scheduler counts the pods that are
//     nominated for the node that it looks at, and none that are nominated elsewhere, so
//     to it such a domain looks full. Required anti-affinity holds in every order, and is
//     left to nominations; one pod that others want to be with is bound in each domain, the
//     first of pods that want to be together included, if it has required rules between pods
//     itself, and nominations then carry the others;
//  3. all nodes are released, one right after the other. The first release makes
//     kube-scheduler try all pods, and a pod that it tries before its own node is
//     released may go to another that has room to spare. What the driver does against
//     that: it waits until no pod is tried, at most for 4 seconds, 4 milliseconds for each
//     pod, thrice that where there are placeholders, and as long as it took to nominate them;
//     and it releases the nodes in the order in which their pods are tried. Where something
//     else has taken the room of pods meanwhile, they are first dealt anew over the nodes
//     that are there: they push others that are held to other nodes, if need be;
//  4. a pod whose nomination is taken back from then on is bound to its node there and
//     then, if its rules hold and the room is free. Otherwise it gets room to spare on
//     another node of the handover, or is left to be planned again.
//
// Which of several alike pods goes where is free: a pod that was placed elsewhere
// meanwhile takes the slot of its like there.
//
// Pods with claims that wait for their first consumer, and pods of other schedulers,
// are never bound: volumes are made where kube-scheduler places the pod. They are
// nominated like the others, and again whenever the nomination is taken back. Nodes of
// such pods that have a spread over domains, too, are released last, one domain at a
// time.
//
// # Pods that tolerate every taint
//
// A toleration with the operator Exists and no key tolerates Taint, too: such pods run on
// the first node that joins, whatever that is meant for, and the others then lack the
// room. Where the Cluster is a Reserver, placeholders keep it until all nodes are there. A
// placeholder is a pod in PlaceholderNamespace, of the priority class
// system-cluster-critical, which is nominated for a node. A scheduling gate keeps
// kube-scheduler from trying it, so that it never runs; but its nomination counts for all
// pods of its priority and below, before the node has joined, too. So the names of the
// nodes must be known before they join: Handover.Nodes has them, no instance IDs.
//
// Each node on which such pods may run has one to five placeholders. They fill it but for
// its daemons, as the Problem knows them; daemons of the class system-node-critical get on
// all the same, and others wait. Once all nodes are there, those placeholders go whose
// room is that of the pods which tolerate the taint, and these get on; then the others go,
// those of lower priorities right after the nodes are released. In the end none is left,
// as no taint is.
//
// They disturb nothing else. They have no labels, so that only an empty selector of all
// namespaces selects them; kube-scheduler sees them on their nodes alone, where there is
// no room meanwhile. Karpenter and Cluster Autoscaler leave gated pods alone. Whoever
// plans nodes leaves PlaceholderNamespace out; in a Problem they would be left as
// SchedulingGated. No account of a Driver counts them, but Calls. What they do not keep
// off: pods that ask for nothing, which take no room; and pods whose node has another name
// than was said.
//
// A pod that is bound to such a node before it joins would be no placeholder: the pod
// garbage collector deletes pods of nodes that do not exist after 40 seconds, and the
// kubelet would run it.
//
// # What the role of the embedder needs
//
//	pods           get, list, watch
//	pods/status    patch    to nominate
//	pods/binding   create   to bind
//	nodes          get, list, watch, patch    to release
//	pods           create, delete    of a Reserver, in PlaceholderNamespace, which must be there
//
// Where the API server confines pods of system-cluster-critical to kube-system, by a quota
// of the admission plugin ResourceQuota, the namespace needs such a quota, too, or Reserve
// states another class. Nothing in Kubernetes limits the others to the pods of a handover.
// The client must not throttle itself to the default of 5 calls a second: a handover makes
// one to two calls for each pod and one for each node.
//
// # Versions
//
// kube-scheduler tries nominated nodes first since v1.22. All that is said here of its
// ways was read in, and run against, v1.37. Since v1.35 the API server clears the
// nomination when a pod is bound (ClearingNominatedNodeNameAfterBinding, beta, on); the
// Driver needs it not. Before v1.33 a pod that has failed waits for up to 10 seconds
// although the scheduler has nothing else to do (SchedulerPopFromBackoffQ), so that
// Settle should not be shorter than 30 seconds.
//
// Scheduling gates are on since v1.27. That nominations of gated pods count was read in
// v1.27, v1.28, v1.30 to v1.35 and v1.37, and run against v1.37. Before v1.33
// kube-scheduler tries no pod because a placeholder went: those that tolerate the taint
// then come with the first node that is released.
//
// KEP-5278 lets others than kube-scheduler read nominatedNodeName, and since October
// 2025 its text reserves setting it to the scheduler. Nothing enforces that: the API
// server checks that the name is one, and that the pod is not bound. A cluster that is
// known to enforce it cannot be handed over to.
//
// Nominated pods are pending no more to Karpenter and Cluster Autoscaler: that keeps them
// from launching for the same pods again, and would hide a pod for ever whose nomination
// stays. So every run ends when no pod has been bound for Settle, within Join, ten times
// Settle and CleanUp, and takes back then what is left; whoever ends a run by its context,
// and does not run it again, calls GiveUp.
//
// # What it cannot do
//
// Pods that tolerate every taint are not held without placeholders: they run on the first
// node that has room, as nodes join one after the other. Nominations keep room from them
// only for pods of their priority and above. The pods whose room they took are dealt anew
// over the nodes that joined, as far as there is a way to place them all, or are left to
// be planned again. Let the Cluster be a Reserver, let such pods be created once the nodes
// are there, or tolerate only what they must. While nodes are released a pod that is tried
// before its own node is may take room that another's lost nomination no longer keeps; the
// longer the calls of Release take beside a try, the more. A pod that is bound because its
// nomination was taken back may meet one that kube-scheduler puts on the same node in the
// same milliseconds: the node then has too many, and the kubelet refuses one. Pods of
// higher priority that arrive meanwhile ignore nominations: what they take is planned
// again. All are accounted for. A node that joins after the end of its run keeps its taint
// until GiveUp or Run is called for it, so the instances of Outcome.Missing are best
// ended.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
// https://github.com/kubernetes/enhancements/tree/master/keps/sig-scheduling/5278-nominated-node-name-for-expectation
package handover
