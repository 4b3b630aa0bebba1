package launch

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stowage/stowage/catalog"
)

// A savedMark is a mark in JSON.
type savedMark struct {
	InstanceType  string               `json:"instanceType,omitempty"`
	Zone          string               `json:"zone,omitempty"`
	CapacityType  catalog.CapacityType `json:"capacityType,omitempty"`
	ReservationID string               `json:"reservationID,omitempty"`
	QuotaGroup    string               `json:"quotaGroup,omitempty"`
	Subnet        string               `json:"subnet,omitempty"`
	Failures      int                  `json:"failures"`
	Pause         string               `json:"pause"`
	Until         time.Time            `json:"until"`
}

// MarshalJSON returns the marks, in an order of their own. Probes that are under
// way are not saved: nobody will bring their answers.
func (u *UnavailableOfferings) MarshalJSON() ([]byte, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.forget(u.now())
	saved := []savedMark{}
	for p, m := range u.marks {
		saved = append(saved, savedMark{
			p.Offering.InstanceType, p.Offering.Zone, p.Offering.CapacityType, p.Offering.ReservationID, p.QuotaGroup, p.Subnet,
			m.failures, m.pause.String(), m.until,
		})
	}
	slices.SortFunc(saved, func(a, b savedMark) int {
		return cmp.Or(
			cmp.Compare(a.InstanceType, b.InstanceType), cmp.Compare(a.Zone, b.Zone),
			cmp.Compare(a.CapacityType, b.CapacityType), cmp.Compare(a.ReservationID, b.ReservationID),
			cmp.Compare(a.QuotaGroup, b.QuotaGroup), cmp.Compare(a.Subnet, b.Subnet),
		)
	})
	return json.Marshal(saved)
}

// UnmarshalJSON replaces the marks. Settings stay as they are.
func (u *UnavailableOfferings) UnmarshalJSON(data []byte) error {
	var saved []savedMark
	if err := json.Unmarshal(data, &saved); err != nil {
		return err
	}
	marks := map[Pattern]*mark{}
	for i, s := range saved {
		pause, err := time.ParseDuration(s.Pause)
		if err == nil && (pause < 0 || pause > MaxPause) {
			err = errors.New("is no pause")
		}
		if err == nil && s.Failures < 1 {
			err = fmt.Errorf("%d failures are none", s.Failures)
		}
		if err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
		key := catalog.Key{InstanceType: s.InstanceType, Zone: s.Zone, CapacityType: s.CapacityType, ReservationID: s.ReservationID}
		marks[Pattern{key, s.QuotaGroup, s.Subnet}] = &mark{failures: s.Failures, pause: pause, until: s.Until}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.marks = marks
	return nil
}
