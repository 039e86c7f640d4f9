package source

import "context"

// Stats is what a file says about a column of one unit without being read. It
// may be wrong in a damaged file, and bounds may be loose.
type Stats struct {
	Bytes     int64 // that the column takes in the file
	Nulls     int64 // -1 if unknown
	Low, High int64 // if Bounds: of signed integers, dates, times and timestamps, in the unit of their type
	Bounds    bool
}

// A Prefetcher is a Unit that can have its bytes read before it is opened.
type Prefetcher interface {
	// Prefetch asks for the bytes of the columns with these indices into Schema,
	// and waits for nothing. What goes wrong shows when the unit is read.
	Prefetch(columns []int)
}

// A Wide is a Unit that several threads may read together.
type Wide interface {
	// OpenWide is Unit.Open for this many threads, which give the same batches.
	OpenWide(ctx context.Context, columns []int, threads int) (Reader, error)
}

// OpenWide opens a unit for several threads if it is Wide, else for one.
func OpenWide(ctx context.Context, u Unit, columns []int, threads int) (Reader, error) {
	if w, ok := u.(Wide); ok && threads > 1 {
		return w.OpenWide(ctx, columns, threads)
	}
	return u.Open(ctx, columns)
}

// A Described is a Unit that may know Stats of its columns.
type Described interface {
	// Stats is about the column with this index into Schema; ok is false if
	// nothing is known.
	Stats(column int) (s Stats, ok bool)
}
