package kafka

import (
	"math"

	"orderlab/model"
	"orderlab/sim"
)

// Where the costs are from.
const (
	measured = "measured: processor time of the threads of Kafka 4.0, rounded; see docs/validity.md"
	linkedIn = "LinkedIn, Benchmarking Apache Kafka (2014): one thread sends 0.82 million records of 100 bytes a second, and reads 0.94"
)

// costSettings are what requests and records take of processors, and how much the
// network carries.
func costSettings() []model.Setting {
	takes := func(name string, def sim.Time, doc, source string) model.Setting {
		return model.Setting{Name: "processor." + name, Type: model.Duration, Default: model.DurationValue(int64(def)),
			Max: int64(mostWork), Cost: true, Doc: doc, Source: source}
	}
	return []model.Setting{
		{Name: "network.bandwidth", Type: model.Size, Default: model.SizeValue(0), Max: math.MaxInt64 >> 20, Cost: true,
			Doc: "How much each machine sends in a second at most, and receives; 0 is any amount.", Source: "an assumption: 10 Gbit/s"},
		takes("network.request", 0, "What a request and its answer take a network thread of a broker.", measured),
		takes("handler.request", 0, "What a request takes a request handler thread of a broker.", measured),
		takes("replica.request", 0, "What an answer takes the thread of a broker that follows a leader.", measured),
		takes("mebibyte", 0, "What a MiB takes each thread of a broker that it passes through.", measured),
		takes("sender.request", 0, "What a request takes the sending thread of a producer.", measured),
		takes("producer.record", 0, "What a record takes the application's thread when it calls send.", linkedIn),
		takes("consumer.record", 0, "What a record takes the application's thread when it calls poll.", linkedIn),
	}
}
