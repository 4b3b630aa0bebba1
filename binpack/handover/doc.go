// Package handover makes a plan come true: its pods run on its nodes.
//
// Launch the nodes of a plan with Taint, give their names and the live pods to a
// Handover, and call Run of a Driver that has your Cluster:
//
//	h := handover.Handover{Problem: p, Plan: plan, Nodes: names, Pods: live}
//	outcome, err := handover.Driver{Cluster: cluster}.Run(ctx, h)
//
// Cluster is four calls to the API server. Three more make it a Reserver, which a Cluster
// should be wherever it may create pods: with it every pod gets to its node, without some in
// ten thousand do not. One by client-go is in binpack/internal/scheduler/embedder.go, to be
// copied. Outcome accounts for every pod: those whose Fate is not Bound are to be planned
// again. When a Run was ended by its context, or by a crash, call Run again with the same
// Handover: it goes on from what the cluster shows, and there is no state that is lost. Call
// GiveUp if it shall not go on. Steps says on paper what Run would do.
//
// # What it does
//
// A plan saves nothing by itself. kube-scheduler places the pods, and knows nothing of
// it: it takes pods in its own order and spreads them, so that some find no room, and
// another node is paid for each group of them. A Driver leads it to the plan instead.
// The launched nodes register with Taint and are held by it. Once they are there, or
// Driver.Join has passed,
//
//  1. where the Cluster is a Reserver the nodes are put behind a barrier: one pod, bound to
//     one of them, with a required anti-affinity to all pods over a label that the nodes get
//     now. The taint is taken off all nodes but that one. kube-scheduler then tries all pods
//     once more, after a back-off of up to 11 seconds, and finds every node closed;
//  2. every pod is nominated for its node: status.nominatedNodeName is patched.
//     kube-scheduler tries that node first, and keeps the room for the pod. The
//     nominations are also the record of the plan that the cluster keeps. While all
//     nodes are held a nomination that is taken back is given again, but not before
//     kube-scheduler rests: each that it takes back makes it try all pods again that
//     found no room, and take back theirs;
//  3. what nominations cannot carry is bound, in an order in which all rules hold at
//     every point: pods with a required spread over domains, or a required affinity,
//     where the rule holds in some orders only. kube-scheduler counts the pods that are
//     nominated for the node that it looks at, and none that are nominated elsewhere, so
//     to it such a domain looks full. Required anti-affinity holds in every order, and is
//     left to nominations; one pod that others want to be with is bound in each domain, the
//     first of pods that want to be together included, if it has required rules between pods
//     itself, and nominations then carry the others;
//  4. the barrier is deleted, and its node released: all nodes are open at once, and each
//     pod finds its own whenever it is tried. Without a barrier all nodes are released, one
//     right after the other; see below for what then goes wrong. Where something else has
//     taken the room of pods meanwhile, they are first dealt anew over the nodes that are
//     there: they push others that are held to other nodes, if need be;
//  5. a pod whose nomination is taken back from then on is bound to its node there and
//     then, if its rules hold and the room is free. Otherwise it gets room to spare on
//     another node of the handover, or is left to be planned again.
//
// Before each of these steps the driver waits until kube-scheduler rests, at most for 4
// seconds, 4 milliseconds for each pod, twice that where there is a barrier, and as long as
// it took to nominate them. It does not wait behind a barrier where there are more than 2,500
// pods: then some nominations are taken back, and these pods are bound.
//
// Which of several alike pods goes where is free: a pod that was placed elsewhere
// meanwhile takes the slot of its like there.
//
// Pods with claims that wait for their first consumer, and pods of other schedulers,
// are never bound: volumes are made where kube-scheduler places the pod. They are
// nominated like the others, and again whenever the nomination is taken back. Nodes of
// such pods that have a spread over domains, too, are held by their taints alone, and
// released last, one domain at a time.
//
// # The barrier
//
// It is a pod in PlaceholderNamespace, of the priority class system-node-critical, so that
// nothing preempts it. It asks for nothing, runs for seconds, and is deleted without a grace
// period; its image need not be there. Its anti-affinity leaves out pods with the label
// pod-template-generation, which all pods of DaemonSets have: these get on. Its node is the
// one with the most room for pods to spare. The label, LabelKey, has another value for each
// handover; it stays on the nodes, and means nothing once the barrier is gone.
//
// # Pods that tolerate every taint
//
// A toleration with the operator Exists and no key tolerates Taint, too: such pods run on
// the first node that joins, whatever that is meant for, and the others then lack the
// room. Where the Cluster is a Reserver, placeholders keep it until all nodes are behind the
// barrier. A placeholder is a pod in PlaceholderNamespace, of the priority class
// system-cluster-critical, which is nominated for a node. A scheduling gate keeps
// kube-scheduler from trying it, so that it never runs; but its nomination counts for all
// pods of its priority and below, before the node has joined, too. So the names of the
// nodes must be known before they join: Handover.Nodes has them, no instance IDs.
//
// Each node on which such pods may run has one. It fills the node but for its daemons, as
// the Problem knows them; daemons of the class system-node-critical get on all the same, and
// others wait.
//
// Placeholders and the barrier disturb nothing else. They have no labels, so that only an
// empty selector of all namespaces selects them; kube-scheduler sees them on the nodes of the
// handover alone. Karpenter and Cluster Autoscaler leave gated pods alone. Whoever plans
// nodes leaves PlaceholderNamespace out; in a Problem placeholders would be left as
// SchedulingGated. No account of a Driver counts them, but Calls. What placeholders do not
// keep off: pods that ask for nothing, which take no room; and pods whose node has another
// name than was said.
//
// A pod that is bound to such a node before it joins would be neither: the pod garbage
// collector deletes pods of nodes that do not exist after 40 seconds.
//
// # What the role of the embedder needs
//
//	pods           get, list, watch
//	pods/status    patch    to nominate
//	pods/binding   create   to bind
//	nodes          get, list, watch, patch    to release, and to label
//	pods           create, delete    of a Reserver, in PlaceholderNamespace, which must be there
//
// Where the API server confines pods of the classes system-cluster-critical and
// system-node-critical to kube-system, by a quota of the admission plugin ResourceQuota, the
// namespace needs such a quota, too, or Reserve states another class. Nothing in Kubernetes limits the others to the pods of a handover.
// The client must not throttle itself to the default of 5 calls a second: a handover makes
// one to two calls for each pod, and for each node.
//
// # Versions
//
// kube-scheduler tries nominated nodes first since v1.22. All that is said here of its ways
// was read in, and run against, v1.37; barrier and placeholders were run against v1.34, too.
// Since v1.35 the API server clears the nomination when a pod is bound
// (ClearingNominatedNodeNameAfterBinding, beta, on); the Driver needs it not. Before v1.33 a
// pod that has failed waits for up to 10 seconds although the scheduler has nothing else to do
// (SchedulerPopFromBackoffQ), so that Settle should not be shorter than 30 seconds.
//
// Scheduling gates are on since v1.27. That nominations of gated pods count was read in
// v1.27, v1.28, v1.30 to v1.35 and v1.37, and run against v1.37.
//
// From v1.32 to v1.35 kube-scheduler tries no pod because one went that kept it off by an
// anti-affinity of its own (https://github.com/kubernetes/kubernetes/issues/134393). So the
// barrier's node keeps the taint until the barrier goes: that it is taken off makes
// kube-scheduler try all pods that do not tolerate it, and those that do are bound after 5
// seconds.
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
// Where the Cluster is no Reserver, pods that tolerate every taint are not held: they run on
// the first node that has room, as nodes join one after the other. Nominations keep room from
// them only for pods of their priority and above; they are given from the start, also for
// nodes that are not there yet, if Handover.Nodes has their names. The pods whose room was
// taken are dealt anew over the nodes that joined, as far as there is a way to place them
// all, or are left to be planned again. And nodes are released one after the other, in the
// order in which their pods are tried: a pod that is tried before its own node is released
// may take room on another that a lost nomination no longer keeps, or preempt pods there; the
// longer the calls of Release take beside a try, the more.
//
// A pod that is bound because its nomination was taken back may meet one that kube-scheduler
// puts on the same node in the same milliseconds: the node then has too many, and the kubelet
// refuses one. Pods of higher priority that arrive meanwhile ignore nominations: what they
// take is planned again. All are accounted for. A node that joins after the end of its run
// keeps its taint until GiveUp or Run is called for it, so the instances of Outcome.Missing
// are best ended.
//
// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
// https://github.com/kubernetes/enhancements/tree/master/keps/sig-scheduling/5278-nominated-node-name-for-expectation
package handover
