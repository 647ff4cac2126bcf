package kafka

import (
	"math"

	"orderlab/model"
	"orderlab/sim"
)

// Where the costs are from.
const (
	measured = "measured: processor time of Kafka 4.0's threads, see docs/validity.md"
	linkedIn = "LinkedIn, Benchmarking Apache Kafka (2014): one thread sends 0.82 and takes 0.94 million records of 100 bytes a second"
)

// processorSettings are what requests and records take of processors, and what the
// network carries.
func costSettings() []model.Setting {
	takes := func(name string, def sim.Time, doc, source string) model.Setting {
		return model.Setting{Name: "processor." + name, Type: model.Duration, Default: model.DurationValue(int64(def)),
			Max: int64(mostWork), Cost: true, Doc: doc, Source: source}
	}
	return []model.Setting{
		{Name: "network.bandwidth", Type: model.Size, Default: model.SizeValue(0), Max: math.MaxInt64 >> nicBits, Cost: true,
			Doc: "How much each machine sends in a second at most, and receives; 0 is any amount.", Source: "an assumption: 10 Gbit/s"},
		takes("network.request", 0, "What a request takes a network thread of a broker, with its answer.", measured),
		takes("network.mebibyte", 0, "What a MiB of requests or answers takes a network thread of a broker.", measured),
		takes("handler.request", 0, "What a request takes a request handler thread of a broker.", measured),
		takes("handler.mebibyte", 0, "What a MiB of requests takes a request handler thread of a broker.", measured),
		takes("replica.request", 0, "What an answer takes the thread that follows a leader.", measured),
		takes("replica.mebibyte", 0, "What a MiB of answers takes the thread that follows a leader.", measured),
		takes("sender.request", 0, "What a request takes the thread of a producer that sends it.", measured),
		takes("producer.record", 0, "What a record takes the application's thread in the call of send.", linkedIn),
		takes("consumer.record", 0, "What a record takes the application's thread in the call of poll.", linkedIn),
	}
}

// nicBits are the bits that a bandwidth must leave for the engine to count with.
const nicBits = 20
