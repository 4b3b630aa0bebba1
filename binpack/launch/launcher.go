package launch

import (
	"context"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A Launcher starts nodes: the one thing that this package cannot do itself.
type Launcher interface {
	// Launch starts the nodes of r. It may start fewer, and others than asked, and
	// answer with nodes and failures at once: whatever there is counts. An error is
	// a failure of all that is not among the nodes. It is called from several
	// goroutines, and must return once ctx is done; what it answers after that
	// still counts, as long as the run lasts.
	Launch(ctx context.Context, r Request) (Result, error)
}

// A Request asks for nodes that are alike.
type Request struct {
	// Token names the request: asked again, it is the same. A cloud that is told so
	// starts nothing twice.
	Token    string
	Launches []binpack.Launch // alike in pool, offering and labels; they differ in pods

	// Node is each of the nodes as it must join: labels, taints (startup taints last),
	// capacity and allocatable, without a name.
	Node *corev1.Node
}

// Offering returns what is asked for.
func (r Request) Offering() catalog.Key { return r.Launches[0].Offering }

// Nodes returns how many nodes are asked for.
func (r Request) Nodes() int { return nodesIn(r.Launches) }

// A Result is what came of a Request.
type Result struct {
	Instances []Instance
	Failures  []Failure

	// Accepted is how many more of the nodes that were asked for are on their way: a
	// managed group or a NodeClaim starts them later, or does not. They are neither
	// launched nor failed; the Outcome has them as Launched that are Accepted. More than
	// are missing count as those that are.
	Accepted int
}

// An Instance is a node that was started.
type Instance struct {
	ID       string      // of the cloud; an ID that was answered before is no new node
	Offering catalog.Key // zero: the one that was asked for
}
