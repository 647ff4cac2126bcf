package kafka_test

import (
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/model/kafka"
	"orderlab/sim"
)

// idle is an application that does nothing.
type idle struct{}

func (idle) Started()                 {}
func (idle) Polled([]model.Record)    {}
func (idle) Assigned([]history.Place) {}
func (idle) Revoked([]history.Place)  {}
func (idle) Timer(uint16, uint64)     {}

// What the system says that it offers, its client or its world has.
func TestOffersAreImplemented(t *testing.T) {
	var hist history.History
	var rec model.Recorder
	engine := sim.New(1, sim.Limits{})
	rec.Reset(engine, &hist)
	var client model.ConsumerClient
	topic := model.Values{}.Set("partitions", model.IntegerValue(1))
	world, err := kafka.System().Build(&model.Env{Sim: engine, Recorder: &rec}, &model.Plan{
		Config: model.Config{Profile: "kafka-4.0", Sections: []model.ConfigSection{
			{Name: "topics", Entries: []model.ConfigEntry{{Name: "orders", Values: topic}}}}},
		Consumers: model.Consumers{Group: "billing", Members: 1, Work: model.Distribution{Shape: model.Constant, A: 1}},
		Topic:     "orders", KeyNames: []string{"key-0"}, RecordSize: 100,
		NewApp: func(c model.ConsumerClient, _ *model.AppHost) model.ConsumerApp {
			client = c
			return idle{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range kafka.System().Offers {
		if !model.Implements(c, client, world) {
			t.Errorf("the system offers %q, and neither its client nor its world has the interface", c)
		}
	}
	for _, c := range []model.Capability{model.AckOne, model.NackRequeue} {
		if model.Implements(c, client, world) {
			t.Errorf("Kafka has no %q, and the model has its interface", c)
		}
	}
	if model.Implements("no-such-capability", client, world) {
		t.Error("a capability that does not exist is implemented")
	}
}
