package checker

import (
	"slices"

	"orderlab/model/history"
)

// link is a message of a chain with the one that it follows from: the next of its
// session, or one that was delivered to its session, with that delivery.
type link struct {
	parent   history.Message
	delivery int32 // or none
}

// chainSearch looks for the shortest chain of messages, each of which was sent by
// a session that had sent the one before or had been delivered it.
type chainSearch struct {
	k     *causes
	x     *index
	sends [][]history.Message // by session, in order
	limit []int               // by session: what it sent from there on was reached
	links map[history.Message]link
	queue []history.Message
}

// chain returns the messages from m to n, the first two being m and n, and the
// rows that show it.
func (k *causes) chain(x *index, m, n history.Message) (messages []history.Message, rows []int32) {
	if k.session[m] == k.session[n] {
		return []history.Message{m, n}, []int32{x.send[m], x.send[n]}
	}
	s := &chainSearch{k: k, x: x, sends: make([][]history.Message, k.width), limit: make([]int, k.width),
		links: make(map[history.Message]link), queue: []history.Message{m}}
	for _, row := range x.sends {
		if sent := x.h.MessageAt(int(row)); x.send[sent] == row {
			s.sends[k.session[sent]] = append(s.sends[k.session[sent]], sent)
		}
	}
	for i := range s.limit {
		s.limit[i] = len(s.sends[i])
	}
	for len(s.queue) > 0 {
		if _, found := s.links[n]; found {
			break
		}
		s.expand(s.queue[0])
		s.queue = s.queue[1:]
	}
	messages, rows = []history.Message{m, n}, []int32{x.send[m], x.send[n]}
	for at := n; ; {
		l := s.links[at]
		if l.delivery != none {
			rows = append(rows, l.delivery)
		}
		if at = l.parent; at == m {
			return messages, rows
		}
		messages, rows = append(messages, at), append(rows, x.send[at])
	}
}

// expand reaches what follows from a message.
func (s *chainSearch) expand(m history.Message) {
	s.reach(int(s.k.session[m]), int(s.k.seq[m])+1, link{m, none})
	h := s.x.h
	for _, row := range s.k.deliveries {
		if h.MessageAt(int(row)) != m || !s.sentBefore(m, row) {
			continue
		}
		to := int(s.x.rank.sender(h, row))
		from, _ := slices.BinarySearchFunc(s.sends[to], row, func(n history.Message, row int32) int {
			if s.sentBefore(n, row) {
				return -1
			}
			return 1
		})
		s.reach(to, from, link{m, row})
	}
}

// sentBefore says whether a message was sent before a delivery.
func (s *chainSearch) sentBefore(m history.Message, delivery int32) bool {
	send := s.x.send[m]
	return !precedes(s.x.h, delivery, send, s.x.h.BeginAt(int(send)))
}

// reach adds what a session sent from a number on, but for what was reached.
func (s *chainSearch) reach(session, from int, l link) {
	for i := from; i < s.limit[session]; i++ {
		s.links[s.sends[session][i]] = l
		s.queue = append(s.queue, s.sends[session][i])
	}
	s.limit[session] = min(s.limit[session], from)
}
