package sim

import "testing"

// Nothing of a run is left in the next: after a run with every fault, a world on
// the same engine is the world on a new one.
func TestResetForgets(t *testing.T) {
	fresh := newChatWorld(t, 77, 4)
	fresh.run(5 * Second)
	for seed := range uint64(5) {
		used := newChatWorld(t, seed, 5)
		if err := used.e.Install(chaosSchedule(t, used, seed)); err != nil {
			t.Fatal(err)
		}
		used.e.SetNoise(0, 1, Noise{Loss: Percent})
		used.e.SetLinkLatency(1, 2, Constant(5))
		used.e.SetClock(3, Second, 1000)
		used.e.SetNTP(3, DefaultNTP)
		used.e.SetTCP(TCP{Timeout: Second, OpenTimeout: Second, Longest: Second, Retries: 3, OpenRetries: 3})
		used.run(20 * Second)
		used.e.Reset(77, Limits{Events: 2_000_000})
		again := chatWorldOn(t, used.e, 4)
		again.run(5 * Second)
		if again.e.Hash() != fresh.e.Hash() || again.e.Digest() != fresh.e.Digest() {
			t.Fatalf("seed %d: the run after another differs from the run on a new engine", seed)
		}
		if len(again.e.FaultLog()) != 0 || again.e.Counts() != fresh.e.Counts() || again.e.Clock(3) != again.e.Now() {
			t.Errorf("seed %d: faults, counts or a clock are left: %+v", seed, again.e.Counts())
		}
	}
}

// A world that runs allocates nothing, with frames, datagrams, CPUs, disks, noise,
// slow links and pauses that come and go.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	w := newChatWorld(t, 5, 4) // an odd seed: no ties are permuted
	w.e.limits.Events = 0
	w.e.bounds = boundsOf(w.e.limits)
	plan, err := ParseSchedule(`
		noise: at 1s noisy n0 | n1,n2 loss 5% duplicate 5% corrupt 1% reorder 10% window 20ms for ever
		slow: at 1s slow-link n1 | n2 factor 3 for ever
		gc: every 700ms pause n1 for 90ms
		clog: every 300ms clog n2 | n3 for 20ms
		flap: at 1s flap n0 | n3 up 1s..2s down 100ms for ever
		cpu: at 1s slow-cpu n2 factor 2 for ever
		drift: at 1s drift-clock n1 ppb 100000 for ever`)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.e.Install(plan); err != nil {
		t.Fatal(err)
	}
	w.run(60 * Second)
	w.e.world.faults.log = append(make([]FaultEvent, 0, 10_000), w.e.world.faults.log...)
	if n := testing.AllocsPerRun(20, func() { w.e.Step(5000) }); n > 0 {
		t.Errorf("5,000 events make %v allocations", n)
	}
}

// Every part of the world shows in the state's digest.
func TestDigestSeesTheWorld(t *testing.T) {
	build := func(change func(w *chatWorld)) [16]byte {
		w := newChatWorld(t, 1, 3)
		w.run(2 * Second)
		change(w)
		return w.e.Digest()
	}
	plain := build(func(*chatWorld) {})
	if again := build(func(*chatWorld) {}); again != plain {
		t.Fatal("the same state has two digests")
	}
	for name, change := range map[string]func(w *chatWorld){
		"pause":       func(w *chatWorld) { w.e.Pause(1) },
		"block":       func(w *chatWorld) { w.e.Block(0, 1) },
		"clog":        func(w *chatWorld) { w.e.Clog(0, 1) },
		"slow link":   func(w *chatWorld) { w.e.SetSlow(0, 1, 2*Whole, 0) },
		"noise":       func(w *chatWorld) { w.e.SetNoise(0, 1, Noise{Loss: Percent}) },
		"bandwidth":   func(w *chatWorld) { w.e.SetLinkBandwidth(0, 1, 1000, 0) },
		"stall":       func(w *chatWorld) { w.e.Stall(0, w.nodes[0].conns[1].conn) },
		"drop":        func(w *chatWorld) { w.e.Drop(w.nodes[0].conns[1].conn, 0, Drop{}) },
		"clock step":  func(w *chatWorld) { w.e.StepClock(2, 1) },
		"clock drift": func(w *chatWorld) { w.e.SetDrift(2, 1) },
		"slow CPU":    func(w *chatWorld) { w.e.SetSlowCPU(2, 2*Whole) },
		"slow server": func(w *chatWorld) { w.e.SetServerSlow(w.nodes[0].cpu, 2*Whole) },
		"slow disk":   func(w *chatWorld) { w.e.SetDiskSlow(0, 2*Whole) },
		"full disk":   func(w *chatWorld) { w.e.FillDisk(0) },
		"append":      func(w *chatWorld) { w.e.Append(w.nodes[0].file, 1, IO{}) },
		"truncate":    func(w *chatWorld) { w.e.Truncate(w.nodes[0].file, 1) },
		"job":         func(w *chatWorld) { w.e.Serve(w.nodes[0].cpu, 1, 0, 0) },
	} {
		if build(change) == plain {
			t.Errorf("a %s does not show in the digest", name)
		}
	}
}
