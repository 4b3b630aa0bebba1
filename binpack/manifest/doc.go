// Package manifest reads Kubernetes manifests: what people apply, and what
// kubectl get prints, as the Problem that it amounts to.
//
//	texts ─Read─► Objects ─Problem─► binpack.Problem, and names for what is said of it
//
// Read takes YAML and JSON, with as many documents as there are, and lists. It
// knows workloads, pods, nodes, storage and Karpenter's objects; whatever else is
// there, objects and single fields alike, becomes a Note. A document that cannot
// be read is an *Error with its line, and hides no other.
//
// Problem puts the objects together as the API server and the controllers would:
// defaults of pods, priority and runtime classes, limit ranges, autoscalers, and
// who owns whom, so that a Deployment and its pods count once. Nodes bring the
// pods that run on them. What Karpenter's pools may launch is a catalog that the
// caller makes of each NodeClass; NodeOverlays change it.
//
// # What is read
//
//   - Deployment, ReplicaSet, ReplicationController, StatefulSet with its claim
//     templates, Job, and CronJob, which counts as if its job ran: workloads.
//     HorizontalPodAutoscaler: how many pods. DaemonSet: on each new node.
//   - Pod: on its node, if that is there; else it waits, if nothing that is there
//     makes it.
//   - Namespace, PriorityClass, RuntimeClass; LimitRange: its defaults.
//   - PersistentVolumeClaim, PersistentVolume, StorageClass; CSINode and
//     VolumeAttachment: how many volumes a node takes, and has. What pods name and is not there is made up, so that
//     it stops no pod, and noted.
//   - Node, and NodeClaim without one: nodes that are there or on their way. One of
//     Karpenter's that is not initialized joins, as Problem.Existing has it.
//   - NodePool: a pool; what its nodes have is Used of its limits; a static one
//     has its nodes whatever pods ask for. NodeOverlay, EC2NodeClass, and the
//     NodeClass of EKS Auto Mode.
//
// ResourceQuota and PodDisruptionBudget are known, and noted as not applied.
//
// The rooms below do what has nothing to do with a Problem:
//
//	internal/documents   a text in documents, as JSON, within bounds
//	internal/karpenter   Karpenter's objects, as far as they are read
package manifest
