package model

import (
	"fmt"
	"slices"
)

// Type is the type of a setting's value, and with it the unit it is written in.
type Type string

// The types. In a [Value] all but text and list are held in Int.
const (
	Integer  Type = "integer"  // a count
	Boolean  Type = "boolean"  // 0 or 1
	Duration Type = "duration" // nanoseconds, written 250ms, 5s, 2h
	Size     Type = "size"     // bytes, written 512B, 16KiB, 1MiB
	Rate     Type = "rate"     // millionths of an event a second, written 3000/s
	Share    Type = "share"    // millionths, written 2%
	Number   Type = "number"   // millionths, written 2.5
	Text     Type = "text"     // a word; Enum limits it
	Nodes    Type = "nodes"    // names of nodes, held in Text; see [Value.NodeList]
	Dist     Type = "distribution"
	Span     Type = "span" // a duration, or one between two: [1s, 3s]; held in Dist as constant or uniform
)

// Setting describes one setting under its real name.
type Setting struct {
	Name    string
	Type    Type
	Default Value
	// Enum lists the allowed words of a Text setting; empty allows any.
	Enum []string
	// Min and Max bound Int, both inclusive. Max 0 means no upper bound. A Duration
	// with a Min below 0 may be written with a minus.
	Min, Max int64
	// Millis says that a bare number is accepted and means milliseconds, as in
	// the broker's own configuration files (max.poll.interval.ms: 300000).
	Millis bool
	// Required says that there is no default.
	Required bool
	// Needs names the capabilities that the client must offer when the value
	// differs from the default.
	Needs []Capability
	// Cost marks what something takes on the machines and the network that a
	// system runs on, as against a choice of the design. Such a setting is a
	// Duration, a Size or a Dist, and it can be asked how the prices depend on it.
	Cost bool
	// Doc is one sentence; Source is where the default and the rule are from.
	Doc, Source string
}

// Value is the value of a setting.
type Value struct {
	Type Type
	Int  int64
	Text string
	Dist Distribution
}

// The values of each type, for descriptors.
func IntegerValue(n int64) Value { return Value{Type: Integer, Int: n} }

// BooleanValue returns a Boolean value.
func BooleanValue(b bool) Value {
	if b {
		return Value{Type: Boolean, Int: 1}
	}
	return Value{Type: Boolean}
}

// DurationValue returns a Duration value of ns nanoseconds.
func DurationValue(ns int64) Value { return Value{Type: Duration, Int: ns} }

// SizeValue returns a Size value in bytes.
func SizeValue(bytes int64) Value { return Value{Type: Size, Int: bytes} }

// TextValue returns a Text value.
func TextValue(s string) Value { return Value{Type: Text, Text: s} }

// DistValue returns a Dist value.
func DistValue(d Distribution) Value { return Value{Type: Dist, Dist: d} }

// Equal says whether two values are the same.
func (v Value) Equal(o Value) bool {
	return v.Type == o.Type && v.Int == o.Int && v.Text == o.Text && v.Dist.Equal(o.Dist)
}

// Named is a setting's name with its value.
type Named struct {
	Name  string
	Value Value
}

// Values are settings that were given, in order of name.
type Values []Named

// Get returns the value of a setting; ok is false when it was not given.
func (v Values) Get(name string) (value Value, ok bool) {
	i, ok := v.find(name)
	if !ok {
		return Value{}, false
	}
	return v[i].Value, true
}

// Set returns the values with one given or replaced.
func (v Values) Set(name string, value Value) Values {
	i, ok := v.find(name)
	if ok {
		v[i].Value = value
		return v
	}
	return slices.Insert(v, i, Named{name, value})
}

func (v Values) find(name string) (int, bool) {
	return slices.BinarySearchFunc(v, name, func(n Named, s string) int {
		switch {
		case n.Name < s:
			return -1
		case n.Name > s:
			return 1
		}
		return 0
	})
}

// Scaled returns a Duration, a Size or a Dist times a factor, given as a fraction.
func (v Value) Scaled(numerator, denominator int64) Value {
	v.Int, v.Dist = scaled(v.Int, numerator, denominator), v.Dist.Scaled(numerator, denominator)
	return v
}

// Section describes a part of a system's configuration: `client`, `topics`...
type Section struct {
	Name string
	// Entries says that the section maps names to settings (topics, queues)
	// rather than being one set of settings.
	Entries  bool
	Settings []Setting
	// Unused are settings that the real system has here and the model has not.
	Unused []Unused
	Doc    string
}

// Unused is a setting of the real system that the model does not have.
type Unused struct {
	Name string
	// Idle says that it changes neither the order of messages nor what the model
	// counts as a price: it may be given, and has no effect. Any other is refused.
	Idle bool
	// Why is the reason, a clause without a full stop.
	Why string
}

// Config is a system's configuration as given in a scenario: only what was
// given, checked against the system's sections. Defaults are the profile's.
type Config struct {
	Profile string
	// Top are the settings of the system itself (brokers: 3).
	Top      Values
	Sections []ConfigSection
}

// ConfigSection is one given section.
type ConfigSection struct {
	Name    string
	Values  Values        // when the section is one set of settings
	Entries []ConfigEntry // when it maps names; in order of name
}

// ConfigEntry is a named part of a section: one topic, one queue.
type ConfigEntry struct {
	Name   string
	Values Values
}

// Section returns the given section, or an empty one.
func (c *Config) Section(name string) *ConfigSection {
	for i := range c.Sections {
		if c.Sections[i].Name == name {
			return &c.Sections[i]
		}
	}
	return &ConfigSection{Name: name}
}

// Resolver looks settings up: what was given, else the default. It panics on a
// name that the descriptor lacks, because that is a mistake of the model's.
type Resolver struct {
	settings []Setting
	given    []Values
}

// Resolve returns a resolver over the descriptor; earlier values win.
func Resolve(settings []Setting, given ...Values) Resolver { return Resolver{settings, given} }

// Get returns the value of the setting.
func (r Resolver) Get(name string) Value {
	for _, v := range r.given {
		if value, ok := v.Get(name); ok {
			return value
		}
	}
	for i := range r.settings {
		if r.settings[i].Name == name {
			return r.settings[i].Default
		}
	}
	panic(fmt.Sprintf("model: no setting is called %q", name))
}

// Int returns the value of a setting that is held in Int.
func (r Resolver) Int(name string) int64 { return r.Get(name).Int }

// Bool returns the value of a Boolean setting.
func (r Resolver) Bool(name string) bool { return r.Get(name).Int != 0 }

// Text returns the value of a Text setting.
func (r Resolver) Text(name string) string { return r.Get(name).Text }

// SetIn gives a setting of a section that is one set of settings.
func (c *Config) SetIn(section, name string, value Value) {
	for i := range c.Sections {
		if c.Sections[i].Name == section {
			c.Sections[i].Values = c.Sections[i].Values.Set(name, value)
			return
		}
	}
	c.Sections = append(c.Sections, ConfigSection{Name: section, Values: Values{}.Set(name, value)})
}
