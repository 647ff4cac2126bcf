package model

import (
	"errors"

	"orderlab/model/history"
	"orderlab/sim"
)

// System describes a messaging system as data: what can be configured, what its
// client offers, which faults it knows and what can be decided about it.
type System struct {
	// Name is the YAML key and the folder's name.
	Name string
	Doc  string
	// Profiles are the named sets of defaults, the first being the default.
	Profiles []string
	// Top and Sections describe the configuration. Consumer names the section
	// whose settings may also stand directly under the scenario's `consumers`.
	Top      []Setting
	Sections []Section
	Consumer string
	// InProfile returns the sections with the defaults of another profile than the
	// first; nil where all profiles have the same.
	InProfile func(profile string) []Section
	// Offers are the capabilities of the client.
	Offers []Capability
	// Faults are the faults of the system's own, which its world carries out; those
	// of the engine come with the roles, see [System.Kinds].
	Faults []FaultKind
	// Roles are the nodes that faults can name, Conditions and Points what they can
	// wait for besides times and phases.
	Roles      []Role
	Conditions []Condition
	Points     []Point
	// Guarantees are the ids that can be decided on its histories.
	Guarantees []string
	// Metrics are what a run can sample for bounds.
	Metrics []Metric
	// Check looks at a whole resolved configuration for what single settings
	// cannot tell (min.insync.replicas above replicas). The path of an error
	// says where: `topics.orders.min.insync.replicas`.
	Check func(c *Config) []ConfigError
	// Build makes the world of one run.
	Build func(env *Env, plan *Plan) (World, error)
}

// SectionsIn returns the sections with the defaults of a profile.
func (s *System) SectionsIn(profile string) []Section {
	if s.InProfile == nil || profile == s.Profiles[0] {
		return s.Sections
	}
	return s.InProfile(profile)
}

// ConfigError is a mistake in a configuration, at a path below the system's key.
type ConfigError struct {
	Path    []string
	Problem string
	// Names are the valid ones when the value at the path is an unknown name, so
	// that the message can suggest the nearest.
	Names []string
}

// Consumers is the consumer side of a plan.
type Consumers struct {
	Group   string
	Members int
	Work    Distribution
	// WorkFrom is when they begin to work on what they are handed, in nanoseconds
	// since the beginning of the run; 0 leaves it to the workload.
	WorkFrom int64
}

// Plan is everything a system needs to know to build the world of a run.
type Plan struct {
	Config Config
	// Producers are the producers' names. The runner has given them the first
	// numbers of the history's processes, in this order.
	Producers []string
	Consumers Consumers
	// Topic is where the workload goes.
	Topic string
	// KeyNames are the keys' bytes, which are hashed, by their number.
	KeyNames []string
	// RecordSize is the size of a record's key and value in bytes.
	RecordSize int64
	// App are the application's settings.
	App Values
	// Partitioner replaces the system's own when not nil.
	Partitioner Partitioner
	// NewApp makes the application of one consumer.
	NewApp func(c ConsumerClient, host *AppHost) ConsumerApp
}

// AppHost is what an application sees of the process it runs in.
type AppHost struct {
	Sim      *sim.Engine
	Node     sim.NodeID
	Recorder *Recorder
	Process  history.Process
	// TimerKind is added to the application's timer kinds, so that the node
	// can tell them from the client's.
	TimerKind uint16
}

// After sets a timer that calls the application's Timer.
func (h *AppHost) After(d sim.Time, kind uint16, arg uint64) sim.TimerID {
	return h.Sim.After(h.Node, d, sim.Kind(h.TimerKind+kind), arg)
}

// Env is the surroundings of a run: the engine and where to record.
type Env struct {
	Sim      *sim.Engine
	Recorder *Recorder
	// Reuse is the system's own: what it keeps there in one run it finds again
	// in the next, so that a sweep allocates little.
	Reuse any
}

// World is a system in one run. The runner drives it; everything else happens
// through the engine's events.
type World interface {
	// Send is the application of a producer calling send.
	Send(m *Message)
	// Ready says that every consumer has joined and owns what it will own.
	Ready() bool
	// Inject applies one of the system's own faults now. The fault was checked
	// when the scenario was read.
	Inject(f *Fault)
	// Heal ends a fault that lasts.
	Heal(f *Fault)
	// PlaceOf returns the index of the partition that a key has now.
	PlaceOf(key history.Key) int
	// Settled says that nothing more will happen to any message: no send is
	// waiting for its answer and the consumers have read and finished
	// everything that is stored.
	Settled() bool
	// Places returns the partitions or queues that exist, in order. The slice is
	// the world's.
	Places() []history.Place
	// Digest feeds the whole state that is not a node's.
	Digest(d *sim.Digest)
}

// ErrNotOffered is the error of a strategy that needs what the client lacks.
var ErrNotOffered = errors.New("the client does not offer the capability")

// Feature describes a setting of the application layer, `app:` in a scenario.
type Feature = Setting

// Registry holds the systems and the application's features that a program
// offers. It is assembled explicitly and passed down.
type Registry struct {
	Systems  []*System
	Features []Feature
	// Metrics are what the application samples for bounds, whatever the system.
	Metrics []Metric
	// Recorded are the guarantees that recorded histories can be judged by, whether or
	// not a system can: who expects another one of a scenario is told where to look.
	Recorded []string
	// Meanings has for guarantees what each says, by id, for who writes a scenario.
	Meanings map[string]string
	// Reasons are those for which the application puts messages away; empty allows any
	// in a scenario.
	Reasons []string
	// Plots are the names that a scenario's `plots` may list; empty allows any.
	Plots []string
}

// System returns the system of that name, or nil.
func (r *Registry) System(name string) *System {
	for _, s := range r.Systems {
		if s.Name == name {
			return s
		}
	}
	return nil
}
