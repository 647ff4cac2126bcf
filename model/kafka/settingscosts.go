package kafka

import (
	"math"

	"orderlab/model"
	"orderlab/sim"
)

// measured says where the costs of processors are from.
const measured = "measured: what the threads of Kafka 4.0 take, rounded (docs/validity.md)"

// costSettings are what requests and records take of processors, and how much the
// network carries.
func costSettings() []model.Setting {
	takes := func(name string, def sim.Time, doc, source string) model.Setting {
		return model.Setting{Name: "processor." + name, Type: model.Duration, Default: model.DurationValue(int64(def)),
			Max: int64(mostWork), Cost: true, Doc: doc, Source: source}
	}
	const us = sim.Microsecond
	return []model.Setting{
		{Name: "network.bandwidth", Type: model.Size, Default: model.SizeValue(1192 * mib), Max: math.MaxInt64 >> 20,
			Cost: true, Doc: "How much each machine sends in a second at most, and receives; 0 is any amount.", Source: "an assumption: 10 Gbit/s"},
		takes("network.request", 40*us, "What a request and its answer take a network thread of a broker.", measured),
		takes("handler.request", 30*us, "What a request takes a request handler thread of a broker.", measured),
		takes("replica.request", 30*us, "What an answer takes the thread of a broker that follows a leader.", measured),
		takes("mebibyte", 400*us, "What a MiB takes each thread of a broker that it passes through.", measured),
		takes("sender.request", 25*us, "What a request takes the sending thread of a producer.", measured),
		takes("producer.record", 250*sim.Nanosecond, "What a record takes the application's thread when it calls send.", measured),
		takes("consumer.record", 150*sim.Nanosecond, "What a record takes the application's thread when it calls poll.", measured),
	}
}
