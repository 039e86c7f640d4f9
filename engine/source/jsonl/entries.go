package jsonl

// level is where a value stands: the definition level of what is around it, its
// repetition level, and how many lists are around it.
type level struct{ def, rep, lists uint32 }

// entry adds an entry.
func (r *leafReader) entry(l level) {
	r.def, r.rep = append(r.def, l.def), append(r.rep, l.rep)
}

// object reads an object from behind its bracket; of its keys only that of node
// k is asked for.
func (r *leafReader) object(b []byte, i, k int, l level, depth int) (_ int, err error) {
	if err := r.tooDeep(depth); err != nil {
		return i, err
	}
	found := false
	if i = space(b, i); b[i] == '}' {
		r.entry(l)
		return i + 1, nil
	}
	for {
		asked := false
		if asked, i, err = r.asked(b, i, k); err != nil {
			return i, err
		}
		switch {
		case asked && found:
			err = wrong("each key stands once in an object", "the key is given twice")
		case asked:
			found = true
			i, err = r.value(b, i, k, l, depth)
		default:
			i, err = r.skip(b, i, depth)
		}
		if err != nil {
			if asked {
				err = inColumn(err, r.nodes[k].path)
			}
			return i, err
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case '}':
			if !found {
				r.entry(l)
			}
			return i + 1, nil
		default:
			return i, unexpected(b, i, `a comma or '}'`)
		}
	}
}

// asked reads a key, steps over its colon and says whether it is that of node k.
func (r *leafReader) asked(b []byte, i, k int) (bool, int, error) {
	if b[i] != '"' {
		return false, i, unexpected(b, i, "a key")
	}
	end, escaped, err := stringEnd(b, i+1)
	if err != nil {
		return false, i, err
	}
	name := b[i+1 : end]
	if escaped {
		if r.key, _, err = unescape(r.key[:0], b, i+1); err != nil {
			return false, i, err
		}
		name = r.key
	}
	same := string(name) == r.nodes[k].name
	i, err = colon(b, end+1)
	return same, i, err
}

// value reads a value of node k.
func (r *leafReader) value(b []byte, i, k int, l level, depth int) (int, error) {
	n := r.nodes[k]
	switch {
	case b[i] == 'n':
		r.entry(l)
		return literal(b, i, "null")
	case k == len(r.nodes)-1:
		end, err := r.leaf.take(b, i)
		if r.leaf.Plain() {
			r.plain += end - i
		}
		r.out.Count++
		l.def++
		r.entry(l)
		return end, err
	case n.element != nil:
		if b[i] != '[' {
			return i, changed(b, i, "lists")
		}
		l.def++
		return r.array(b, i+1, k+1, l, depth+1)
	}
	if b[i] != '{' {
		return i, changed(b, i, "objects")
	}
	l.def++
	return r.object(b, i+1, k+1, l, depth+1)
}

// array reads a list from behind its bracket; its elements are those of node k.
func (r *leafReader) array(b []byte, i, k int, l level, depth int) (_ int, err error) {
	if err := r.tooDeep(depth); err != nil {
		return i, err
	}
	if i = space(b, i); b[i] == ']' {
		r.entry(l)
		return i + 1, nil
	}
	l.def, l.lists = l.def+1, l.lists+1
	for {
		if i, err = r.value(b, i, k, l, depth); err != nil {
			return i, inColumn(err, r.nodes[k].path)
		}
		l.rep = l.lists
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case ']':
			return i + 1, nil
		default:
			return i, unexpected(b, i, `a comma or ']'`)
		}
	}
}
