package binpack_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stowage/stowage/binpack/problemfile"
)

func TestYY(t *testing.T) {
	f, _ := os.Open(os.Getenv("F"))
	p, err := problemfile.Read(f)
	if err != nil { t.Fatal(err) }
	plan, err := quick.Solve(context.Background(), p)
	if err != nil { t.Fatal(err) }
	for _, u := range plan.Unschedulable {
		for i, r := range u.Reasons {
			if r.Detail.Change == nil { continue }
			q := changed(t, p, u.Pod, *r.Detail.Change)
			after, _ := quick.Solve(context.Background(), q)
			if leftOf(after) < leftOf(plan) { continue }
			fmt.Println("BAD", u.Pod.Name, u.Count, r)
			for _, v := range after.Unschedulable {
				if v.Pod.Name == u.Pod.Name { fmt.Println("   after", v.Count, v.Reasons[i]) }
			}
			return
		}
	}
}
