package model

import (
	"orderlab/model/history"
	"orderlab/sim"
)

// FrameReader is what a World offers besides, so that a trace shows what the
// frames carry. Its methods are called with a frame that arrives, before its node
// receives it, and must change nothing.
type FrameReader interface {
	// ReadFrame returns the frame's name in the system's protocol and what it
	// carries, in words.
	ReadFrame(f *sim.Frame) (name, text string)
	// FrameMessages appends the messages that the frame carries.
	FrameMessages(to []history.Message, f *sim.Frame) []history.Message
}

// TimerDescriber is what a ConsumerApp may be besides, for readable traces.
type TimerDescriber interface {
	// DescribeTimer names a timer that the application set, as "work on a record".
	DescribeTimer(kind uint16, arg uint64) string
}
