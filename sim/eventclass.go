package sim

// EventClass sorts events for traces.
type EventClass uint8

// The classes of events.
const (
	TimerFires      EventClass = iota // a timer of a node, or a job of its CPU or disk that is done
	FrameArrives                      // a frame or a datagram reaches its node, or its machine if nobody takes it
	ConnectionTurns                   // a connection is asked for, opens, is refused or closes
	FaultTurns                        // a fault of the schedule begins, ends or goes on to its next turn
	MachineActs                       // the machine of a node acts without its code: tries to send again, flushes
	DriverCalls                       // the program that drives the run, see [Engine.At]
)

// Class returns the class of an event. A frame that closes a connection is told
// from others by [Event.Frame], which [Engine.Last] does not tell.
func (ev Event) Class() EventClass {
	switch ev.Kind {
	case kindFrame:
		if ev.Frame >= frameRefuse {
			return ConnectionTurns
		}
		return FrameArrives
	case kindDatagram:
		return FrameArrives
	case kindAccept, kindOpened, kindRefused, kindAccepted, kindNotice:
		return ConnectionTurns
	case kindTrigger, kindHeal, kindTurn:
		return FaultTurns
	case kindCall:
		return DriverCalls
	case kindServed:
		return TimerFires
	}
	if ev.Kind > kindEngine {
		return MachineActs
	}
	return TimerFires
}
