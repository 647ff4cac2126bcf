package edn

// add begins a node at the next byte.
func (p *Reader) add(kind Kind) (NodeID, error) {
	if len(p.form.nodes) >= p.limits.Nodes {
		return None, p.errorf("the form has more than %d values", p.limits.Nodes)
	}
	if len(p.form.text) > p.limits.Bytes {
		return None, p.errorf("the form has more than %d bytes", p.limits.Bytes)
	}
	at := int32(len(p.form.text))
	p.form.nodes = append(p.form.nodes,
		Node{Kind: kind, First: None, Next: None, Line: p.line, Column: p.column(), from: at, to: at})
	return NodeID(len(p.form.nodes) - 1), nil
}

// finish ends the text of a node.
func (p *Reader) finish(id NodeID) { p.form.nodes[id].to = int32(len(p.form.text)) }

// room says whether the texts may grow.
func (p *Reader) room() bool { return len(p.form.text) <= p.limits.Bytes }

// value reads the value that begins at the next byte.
func (p *Reader) value(depth int) (NodeID, error) {
	c, ok := p.peek()
	if !ok {
		return None, p.ended("where a value should stand")
	}
	switch c {
	case '[':
		return p.collection(Vector, 1, ']', depth)
	case '(':
		return p.collection(List, 1, ')', depth)
	case '{':
		return p.collection(Map, 1, '}', depth)
	case ')', ']', '}':
		return None, p.errorf("%q closes nothing", c)
	case '"':
		return p.text(String)
	case '\\':
		return p.char()
	case '#':
		return p.dispatch(depth)
	}
	return p.atom()
}

// dispatch reads what begins with a #.
func (p *Reader) dispatch(depth int) (NodeID, error) {
	next, err := p.second()
	if err != nil {
		return None, err
	}
	switch {
	case next == '{':
		return p.collection(Set, 2, '}', depth)
	case next == '"': // a regular expression
		p.i++
		return p.text(Symbol)
	case next == '#': // ##Inf and its like
		p.i += 2
		id, err := p.atom()
		if err == nil {
			p.form.nodes[id].Kind = Number
		}
		return id, err
	case next == '\'': // a variable
		p.i += 2
		return p.atom()
	case next == ':' || next >= 'a' && next <= 'z' || next >= 'A' && next <= 'Z':
		return p.tagged(depth)
	}
	p.i++
	return None, p.errorf("# is followed by %q, which EDN does not know", next)
}

// tagged reads a tag and what it tags.
func (p *Reader) tagged(depth int) (NodeID, error) {
	if depth >= p.limits.Depth {
		return None, p.errorf("the nesting is deeper than %d", p.limits.Depth)
	}
	id, err := p.add(Tagged)
	if err != nil {
		return None, err
	}
	p.i++
	word, err := p.word()
	if err != nil {
		return None, err
	}
	p.form.text = append(p.form.text, word...)
	p.finish(id)
	if err := p.skip(depth + 1); err != nil {
		return None, err
	}
	child, err := p.value(depth + 1)
	if err != nil {
		return None, err
	}
	p.form.nodes[id].First = child
	return id, nil
}

// collection reads what stands between brackets; the opening one has width bytes.
func (p *Reader) collection(kind Kind, width int, closing byte, depth int) (NodeID, error) {
	if depth >= p.limits.Depth {
		return None, p.errorf("the nesting is deeper than %d", p.limits.Depth)
	}
	id, err := p.add(kind)
	if err != nil {
		return None, err
	}
	p.i += width
	last, n := None, 0
	for ; ; n++ {
		if err := p.skip(depth + 1); err != nil {
			return None, err
		}
		c, ok := p.peek()
		open := &p.form.nodes[id]
		switch {
		case !ok:
			return None, p.ended("inside %s that begins at %d:%d", kind, open.Line, open.Column)
		case c == closing:
			if kind == Map && n%2 != 0 {
				return None, p.errorf("a key of the map has no value")
			}
			p.i++
			return id, nil
		case c == ')' || c == ']' || c == '}':
			return None, p.errorf("%q stands where %q should close %s that begins at %d:%d", c, closing, kind, open.Line, open.Column)
		}
		child, err := p.value(depth + 1)
		if err != nil {
			return None, err
		}
		if last == None {
			p.form.nodes[id].First = child
		} else {
			p.form.nodes[last].Next = child
		}
		last = child
	}
}
