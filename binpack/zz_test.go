package binpack_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"github.com/stowage/stowage/binpack/problemfile"
	"testing"

	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack/internal/gen"
)

func TestZZ(t *testing.T) {
	n, bad, left, nochange := 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := gen.Problems(gen.Small().With(gen.All())).Draw(t, "problem")
		plan, err := quick.Solve(context.Background(), p)
		if err != nil { t.Fatal(err) }
		for _, u := range plan.Unschedulable {
			for _, r := range u.Reasons {
				left++
				if r.Detail.Change == nil { nochange++; continue }
				q := changed(t, p, u.Pod, *r.Detail.Change)
				if err := q.Validate(); err != nil { t.Fatalf("%v: %v", r, err) }
				after, err := quick.Solve(context.Background(), q)
				if err != nil { t.Fatal(err) }
				n++
				if leftOf(after) >= leftOf(plan) {
					bad++
					var text strings.Builder
					_ = problemfile.Write(&text, p)
					name := fmt.Sprintf("/tmp/bad/%s-%d.json", r.Reason, bad)
					_ = os.WriteFile(name, []byte(text.String()), 0o644)
					fmt.Printf("%s ", name)
					fmt.Printf("BAD %s: %d %d gang=%v\n", r, leftOf(after), leftOf(plan), u.Pod.Labels)
				}
			}
		}
	})
	t.Logf("%d changes, %d bad, of %d reasons, %d without", n, bad, left, nochange)
}
