package parquet

import "errors"

// pageHeader is PageHeader with the header of its own page type in one.
type pageHeader struct {
	kind             int32
	plain, packed    int32 // sizes before and after compression
	crc              uint32
	hasCRC           bool
	values           int32
	encoding         int32
	defEnc, repEnc   int32
	defSize, repSize int32 // version 2: bytes of the levels
	uncompressed     bool  // version 2: the values are stored as they are
	own              bool  // the header of the page's own type is there
}

func (t *thrift) pageHeader() pageHeader {
	h := pageHeader{kind: -1, plain: -1, packed: -1, values: -1, encoding: -1, defEnc: encRLE, repEnc: encRLE}
	t.structure(wireStruct, func(id int, kind byte) {
		switch {
		case id == 1:
			h.kind = t.i32(kind)
		case id == 2:
			h.plain = t.i32(kind)
		case id == 3:
			h.packed = t.i32(kind)
		case id == 4:
			h.crc, h.hasCRC = uint32(t.i32(kind)), true
		case id == 5 && h.kind == pageData, id == 7 && h.kind == pageDictionary:
			h.own = true
			t.structure(kind, func(id int, kind byte) { t.pageV1(id, kind, &h) })
		case id == 8 && h.kind == pageDataV2:
			h.own = true
			t.structure(kind, func(id int, kind byte) { t.pageV2(id, kind, &h) })
		default:
			t.skip(kind)
		}
	})
	return h
}

// pageV1 reads a field of DataPageHeader or DictionaryPageHeader: the first
// two are the same in both, and a dictionary has no levels.
func (t *thrift) pageV1(id int, kind byte, h *pageHeader) {
	switch {
	case id == 1:
		h.values = t.i32(kind)
	case id == 2:
		h.encoding = t.i32(kind)
	case id == 3 && h.kind == pageData:
		h.defEnc = t.i32(kind)
	case id == 4 && h.kind == pageData:
		h.repEnc = t.i32(kind)
	default:
		t.skip(kind)
	}
}

func (t *thrift) pageV2(id int, kind byte, h *pageHeader) {
	switch id {
	case 1:
		h.values = t.i32(kind)
	case 4:
		h.encoding = t.i32(kind)
	case 5:
		h.defSize = t.i32(kind)
	case 6:
		h.repSize = t.i32(kind)
	case 7:
		h.uncompressed = !t.bool(kind)
	default:
		t.skip(kind)
	}
}

// check holds the sizes of a header against each other and against the bytes
// of the chunk that follow it.
func (h *pageHeader) check(left int64) error {
	switch {
	case h.packed < 0 || h.plain < 0:
		return errors.New("size of a page is missing or negative")
	case int64(h.packed) > left:
		return errors.New("page is larger than what is left of its column chunk")
	case h.kind == pageIndex || h.kind > pageDataV2:
		return nil
	case !h.own:
		return errors.New("page has no header of its type")
	case h.values < 0:
		return errors.New("value count of a page is missing or negative")
	case h.defSize < 0 || h.repSize < 0 || int64(h.defSize)+int64(h.repSize) > int64(min(h.packed, h.plain)):
		return errors.New("levels are larger than their page")
	}
	return nil
}
