// Package scheduler hands plans over to the real kube-scheduler: its own code, on a
// fake API server in this process. It shows that handed-over plans come true, and what
// becomes of those that are not handed over.
package scheduler
