package main

import (
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
		Reasons:  app.AllReasons(),
		Plots:    reports.PlotNames(),
	}
}
