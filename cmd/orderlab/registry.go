package main

import (
	"orderlab/checker"
	"orderlab/model"
	"orderlab/model/app"
	"orderlab/model/kafka"
	"orderlab/reports"
	"orderlab/scenarios"
)

// newRegistry assembles everything that a scenario may name. A program with a
// system or a feature of its own adds it in the same way.
func newRegistry() *scenarios.Registry {
	return &scenarios.Registry{
		Systems:  []*model.System{kafka.System()},
		Features: app.Features(),
		Metrics:  app.Metrics(),
		Recorded: catalogue(),
		Meanings: meanings(),
		Reasons:  app.AllReasons(),
		Plots:    reports.PlotNames(),
	}
}

// meanings returns what each guarantee says, by its id.
func meanings() map[string]string {
	out := make(map[string]string)
	for _, g := range checker.Catalogue() {
		out[g.ID] = g.Holds
	}
	return out
}
