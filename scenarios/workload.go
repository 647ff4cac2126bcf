package scenarios

import (
	"slices"
	"strings"
)

func (d *decoder) workload(n *node, c *Case) {
	w := &c.Workload
	d.object(n, "workload", []field{
		{"topic", false, d.text(&w.Topic, "topic")},
		{"keys", true, func(n *node) { d.keys(n, &w.Keys) }},
		{"record_size", false, func(n *node) {
			d.measure(&w.RecordSize, "record_size", parseSize)(n)
			if w.RecordSize > 1<<20 {
				d.ps.add(n.at, "record_size is at most 1MiB, the size of a request")
			}
		}},
		{"phases", true, func(n *node) { d.phases(n, w) }},
	}, nil)
	for i := range w.Phases {
		w.Producers = max(w.Producers, w.Phases[i].Producers)
	}
	w.Producers = max(w.Producers, 1)
}

func (d *decoder) keys(n *node, k *Keys) {
	count := int64(1)
	d.object(n, "keys", []field{
		{"count", true, d.integer(&count, "count", 1, maxKeys)},
		{"pick", false, func(n *node) {
			if n.shape != shapeScalar || n.text != "uniform" {
				d.ps.add(n.at, "pick is uniform; for others write `zipf: 1.1` or `hot: [{keys: 3, share: 60%%}]`")
			}
		}},
		{"zipf", false, d.decimal(&k.Zipf, "zipf")},
		{"hot", false, func(n *node) { d.hot(n, k) }},
	}, nil)
	k.Count = int(count)
	if k.Zipf > 0 && len(k.Hot) > 0 {
		d.ps.add(n.at, "keys are picked by zipf or have hot groups, not both")
	}
	hot, share := 0, int64(0)
	for _, h := range k.Hot {
		hot, share = hot+h.Keys, share+h.Share
	}
	if len(k.Hot) > 0 && (hot >= k.Count || share > 1_000_000) {
		d.ps.add(n.at, "the hot groups have %d of %d keys and %d%% of the messages; leave some of both", hot, k.Count, share/10_000)
	}
}

func (d *decoder) hot(n *node, k *Keys) {
	if n.shape != shapeList {
		d.ps.add(n.at, "hot is a list, as [{keys: 3, share: 60%%}]")
		return
	}
	for _, item := range n.items {
		var h HotKeys
		count := int64(0)
		d.object(item, "a hot group", []field{
			{"keys", true, d.integer(&count, "keys", 1, maxKeys)},
			{"share", true, d.measure(&h.Share, "share", parseShare)},
		}, nil)
		h.Keys = int(count)
		k.Hot = append(k.Hot, h)
	}
}

func (d *decoder) phases(n *node, w *Workload) {
	if n.shape != shapeList || len(n.items) == 0 {
		d.ps.add(n.at, "phases is a list with at least one phase")
		return
	}
	for _, item := range n.items {
		p := d.phase(item)
		if slices.ContainsFunc(w.Phases, func(q Phase) bool { return q.Name == p.Name }) {
			d.ps.add(item.at, "there are two phases %q", p.Name)
		}
		if p.Preload > 0 && slices.ContainsFunc(w.Phases, func(q Phase) bool { return q.Preload == 0 }) {
			d.ps.add(item.at, "a preload stands before all other phases, because the consumers begin after it")
		}
		w.Phases = append(w.Phases, p)
	}
}

func (d *decoder) phase(n *node) Phase {
	var p Phase
	producers := int64(1)
	total := false
	d.object(n, "a phase", []field{
		{"name", true, d.text(&p.Name, "name")},
		{"preload", false, func(n *node) { d.preload(n, &p) }},
		{"for", false, d.measure(&p.For, "for", parseDuration)},
		{"until", false, func(n *node) {
			if d.text(&p.Until, "until")(n); p.Until != "drained" {
				d.ps.add(n.at, "until is drained, and here is %q", p.Until)
			}
		}},
		{"at_most", false, d.measure(&p.AtMost, "at_most", parseDuration)},
		{"producers", false, d.integer(&producers, "producers", 1, maxProducers)},
		{"arrivals", false, func(n *node) { total = d.arrivals(n, &p.Arrivals) }},
	}, nil)
	p.Producers = int(producers)
	if total {
		p.Arrivals.Rate /= producers
	}
	if n.shape == shapeMap {
		d.checkPhase(n, &p)
	}
	return p
}

func (d *decoder) checkPhase(n *node, p *Phase) {
	kinds := 0
	for _, key := range []string{"preload", "for", "until"} {
		if n.get(key) != nil {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		d.ps.add(n.at, "a phase has exactly one of preload, for and until")
	case p.Until != "" && p.AtMost == 0:
		d.ps.add(n.at, "a phase that lasts until something lacks %q, as at_most: 600s", "at_most")
	case p.Until == "" && n.get("at_most") != nil:
		d.ps.add(locate(n, []string{"at_most"}), "at_most belongs to a phase with until")
	case n.get("for") != nil && p.For == 0:
		d.ps.add(locate(n, []string{"for"}), "a phase lasts longer than nothing")
	}
}

// preload reads `60s of work`, or {work: 60s, partition_shares: [100%, 20%]}.
func (d *decoder) preload(n *node, p *Phase) {
	if n.shape == shapeScalar {
		text, ok := strings.CutSuffix(n.text, " of work")
		if !ok {
			d.ps.add(n.at, "preload is an amount of work, as `60s of work`, and here is %q", n.text)
			return
		}
		v, err := parseDuration(text)
		if err != nil {
			d.ps.add(n.at, "preload: %v", err)
		}
		p.Preload = v
		return
	}
	d.object(n, "preload", []field{
		{"work", true, d.measure(&p.Preload, "work", parseDuration)},
		{"partition_shares", false, func(n *node) {
			if n.shape != shapeList || len(n.items) == 0 {
				d.ps.add(n.at, "partition_shares is a list with the share of each partition, as [100%%, 20%%]")
				return
			}
			any := false
			for _, item := range n.items {
				share := int64(0)
				d.measure(&share, "a share", parseShare)(item)
				if share > 1_000_000 {
					d.ps.add(item.at, "a share of a partition is at most 100%%")
				}
				any = any || share > 0
				p.PartitionShares = append(p.PartitionShares, share)
			}
			if !any {
				d.ps.add(n.at, "at least one partition has a share")
			}
		}},
	}, nil)
}

// arrivals reads {poisson: 160/s, total: true} or {constant: 90/min}.
func (d *decoder) arrivals(n *node, a *Arrivals) (total bool) {
	rate := func(process string) func(*node) {
		return func(n *node) {
			if a.Process != "" {
				d.ps.add(n.at, "arrivals are poisson or constant, not both")
			}
			a.Process = process
			d.measure(&a.Rate, process, parseRate)(n)
			if a.Rate > 0 && a.Rate < 1000 || a.Rate > 10_000_000*1_000_000 {
				d.ps.add(n.at, "a rate is from 1 in 1000 s to 10,000,000 in a second, and here is %q", n.text)
			}
		}
	}
	d.object(n, "arrivals", []field{
		{"poisson", false, rate("poisson")},
		{"constant", false, rate("constant")},
		{"total", false, d.boolean(&total, "total")},
	}, nil)
	if n.shape == shapeMap && a.Process == "" {
		d.ps.add(n.at, "arrivals lack a process, as {poisson: 160/s}")
	}
	return total
}
