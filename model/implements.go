package model

// Implements says whether one of the values, a system's client or its world, has
// the interface of the capability. It is for the test that each system has of
// what it offers.
func Implements(c Capability, values ...any) bool {
	for _, v := range values {
		ok := false
		switch c {
		case AckOne:
			_, ok = v.(MessageAcker)
		case AckPrefix:
			_, ok = v.(PrefixAcker)
		case NackRequeue:
			_, ok = v.(Nacker)
		case PauseResume:
			_, ok = v.(Pauser)
		case Seek:
			_, ok = v.(Seeker)
		case EndPositions, CommittedPositions:
			_, ok = v.(PositionReader)
		case OwnershipEpoch:
			_, ok = v.(EpochReader)
		case Expand:
			_, ok = v.(Expander)
		case Outputs:
			_, ok = v.(Transactor)
		case CustomPartitioner, FailedSends, Transactions:
			ok = true // the plan has it, see Plan.Partitioner and Plan.App
		}
		if ok {
			return true
		}
	}
	return false
}
