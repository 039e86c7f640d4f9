package parquet

import "errors"

// Physical types, encodings and page types, numbered as in parquet.thrift
// (github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
const (
	typeBoolean = iota
	typeInt32
	typeInt64
	typeInt96
	typeFloat
	typeDouble
	typeByteArray
	typeFixed
)

const (
	encPlain           = 0
	encPlainDictionary = 2
	encRLE             = 3
	encBitPacked       = 4
	encDeltaBinary     = 5
	encDeltaLength     = 6
	encDeltaByteArray  = 7
	encRLEDictionary   = 8
	encByteStreamSplit = 9
)

const (
	pageData       = 0
	pageIndex      = 1
	pageDictionary = 2
	pageDataV2     = 3
)

const (
	repRequired = 0
	repOptional = 1
	repRepeated = 2
)

// element is one node of the flattened schema.
type element struct {
	physical   int32 // -1 for a group
	length     int32
	repetition int32
	children   int32
	converted  int32 // -1 if none
	scale      int32
	precision  int32
	name       []byte
	logical    logical
}

// logical is the LogicalType union: the number of the member that is set (0 if
// none) and its fields.
type logical struct {
	id               int
	scale, precision int32
	unit             int
	utc, signed      bool
	width            int8
}

// footer is the part of FileMetaData that is used.
type footer struct {
	rows      int64
	elements  []element
	groups    []group
	encrypted bool
}

// maxElements bounds the nodes of a schema.
const maxElements = 1 << 18

// decodeFooter reads FileMetaData, which is at base in the file. Row groups are decoded last, against the
// leaves of the schema, so that a false count is met before it costs memory.
func decodeFooter(b []byte, base int64) (*footer, *schema, error) {
	f := &footer{rows: -1}
	t := &thrift{b: b, base: base}
	groups, groupsAt := thrift{}, byte(0)
	t.structure(wireStruct, func(id int, kind byte) {
		switch id {
		case 2:
			f.elements = t.elements(kind)
		case 3:
			f.rows = t.i64(kind)
		case 4:
			groups, groupsAt = *t, kind
			t.skip(kind)
		case 8:
			f.encrypted = true
			t.skip(kind)
		default:
			t.skip(kind)
		}
	})
	if t.err != nil {
		return nil, nil, t.err
	}
	s, err := buildSchema(f.elements, len(b))
	if err != nil {
		return nil, nil, err
	}
	if groupsAt == 0 {
		return nil, nil, errors.New("list of row groups is missing")
	}
	if err := f.decodeGroups(&groups, groupsAt, s.leaves); err != nil {
		return nil, nil, err
	}
	return f, s, nil
}

func (t *thrift) elements(kind byte) []element {
	elem, n := t.list(kind)
	if n > maxElements {
		t.fail("schema of %d elements is above the limit of %d", n, maxElements)
		return nil
	}
	var all []element
	for ; n > 0 && t.err == nil; n-- {
		all = append(all, t.element(elem))
	}
	return all
}

func (t *thrift) element(kind byte) element {
	e := element{physical: -1, converted: -1}
	named := false
	t.structure(kind, func(id int, kind byte) {
		switch id {
		case 1:
			e.physical = t.i32(kind)
		case 2:
			e.length = t.i32(kind)
		case 3:
			e.repetition = t.i32(kind)
		case 4:
			e.name, named = t.bytes(kind), true
		case 5:
			e.children = t.i32(kind)
		case 6:
			e.converted = t.i32(kind)
		case 7:
			e.scale = t.i32(kind)
		case 8:
			e.precision = t.i32(kind)
		case 10:
			e.logical = t.logical(kind)
		default:
			t.skip(kind)
		}
	})
	if !named {
		t.fail("schema element has no name")
	}
	return e
}

func (t *thrift) logical(kind byte) logical {
	var l logical
	t.structure(kind, func(id int, kind byte) {
		l.id = id
		t.structure(kind, func(id int, kind byte) {
			switch {
			case l.id == logicalDecimal && id == 1:
				l.scale = t.i32(kind)
			case l.id == logicalDecimal && id == 2:
				l.precision = t.i32(kind)
			case (l.id == logicalTime || l.id == logicalTimestamp) && id == 1:
				l.utc = t.bool(kind)
			case (l.id == logicalTime || l.id == logicalTimestamp) && id == 2:
				t.structure(kind, func(id int, kind byte) { l.unit = id; t.skip(kind) })
			case l.id == logicalInteger && id == 1:
				l.width = t.i8(kind)
			case l.id == logicalInteger && id == 2:
				l.signed = t.bool(kind)
			default:
				t.skip(kind)
			}
		})
	})
	return l
}
