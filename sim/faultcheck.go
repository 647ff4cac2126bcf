package sim

import "fmt"

// Check says what is wrong with a schedule, with the name of the entry, whatever
// the nodes of the run are.
func (s Schedule) Check() error {
	for i := range s {
		if err := s[i].check(); err != nil {
			return fmt.Errorf("fault %q: %w", s[i].Name, err)
		}
		for k := range i {
			if s[k].Name == s[i].Name {
				return fmt.Errorf("fault %q: two entries have this name", s[i].Name)
			}
		}
	}
	return nil
}

func (n *Entry) check() error {
	if n.Name == "" {
		return fmt.Errorf("it has no name")
	}
	for _, err := range []error{n.When.check(), n.Fault.check(), n.Until.check(n.Fault.Kind.form())} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Trigger) check() error {
	switch {
	case t.Kind < AtTime || t.Kind > AtPoint:
		return fmt.Errorf("it has no trigger")
	case t.Time < 0 || t.Every < 0 || t.After < 0:
		return fmt.Errorf("the trigger lies before the run")
	case t.Kind == AtEvery && t.Every == 0:
		return fmt.Errorf("the trigger comes every 0s; give it a period")
	case (t.Kind == AtPhase || t.Kind == AtHolding || t.Kind == AtPoint) && t.Name == "":
		return fmt.Errorf("the trigger waits for something without a name")
	case (t.Kind == AtEvents || t.Kind == AtPoint) && t.Count == 0:
		return fmt.Errorf("the trigger counts from 1")
	}
	return nil
}

func (f *Fault) check() error {
	form := f.Kind.form()
	if form == nil {
		return fmt.Errorf("it has no fault")
	}
	switch needs := form.groups; {
	case (needs == someNodes || needs == twoGroups) && len(f.Nodes) == 0:
		return fmt.Errorf("a %s needs nodes", form.word)
	case needs != twoGroups && len(f.Peers) > 0:
		return fmt.Errorf("a %s has no second group of nodes", form.word)
	case f.Kind == Split && len(f.Nodes) < 2:
		return fmt.Errorf("a split needs two nodes or more")
	}
	for i, p := range form.params {
		if i < form.needed && p.text(f) == "" {
			return fmt.Errorf("a %s needs %s", form.word, p.word)
		}
	}
	n := &f.Noise
	for _, p := range [...]Share{n.Loss, n.Duplicate, n.Corrupt, n.Reorder} {
		if p < 0 || p > Whole {
			return fmt.Errorf("a share is between 0%% and 100%%, not %v", p)
		}
	}
	switch {
	case f.Factor < 0 || f.Added < 0 || f.Bandwidth < 0 || n.Window < 0 || f.DownFor < 0 || f.Gap < 0:
		return fmt.Errorf("a parameter is below 0")
	case f.Late.bad() || f.Up.bad() || f.Down.bad():
		return fmt.Errorf("a range is below 0 or ends before it begins")
	case f.Kind == Flap && f.Up.Max+f.Down.Max == 0:
		return fmt.Errorf("a flap has to take time")
	case f.PPB < -maxPPB || f.PPB > maxPPB:
		return fmt.Errorf("a clock drifts by at most %d ppb", int64(maxPPB))
	}
	return nil
}

func (r Range) bad() bool { return r.Min < 0 || r.Max < r.Min }

func (u *Until) check(f *form) error {
	switch {
	case u.Kind > ForEver:
		return fmt.Errorf("it has no end that is known")
	case u.Kind == Once && f.lasts == lasts:
		return fmt.Errorf("a %s needs an end: for 10s, for ever, until healed", f.word)
	case u.Kind != Once && f.lasts == atOnce:
		return fmt.Errorf("a %s happens at once and has no end", f.word)
	case u.Kind == ForTime && u.For <= 0:
		return fmt.Errorf("it lasts for no time")
	case (u.Kind == UntilPhase || u.Kind == UntilHolding) && u.Name == "":
		return fmt.Errorf("its end waits for something without a name")
	}
	return nil
}
