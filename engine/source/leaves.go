package source

import "context"

// Leaf is a primitive field of a schema, however deep in lists, maps and
// structs.
type Leaf struct {
	// Path has the names of the fields around the leaf and its own, as the file
	// gives them: formats and writers differ in how they call what is between a
	// list and its elements, and in whether anything is.
	Path []string
	Type Type // Nested if its values cannot be read
	// Def and Rep are the largest definition and repetition level: a value is
	// there where the definition level is Def, and Rep is the number of lists
	// around it (Dremel encoding; parquet-format, README.md, "Nested Encoding").
	Def, Rep int
	// Lists has, for each list around the field, the definition level from which
	// it has an entry; one below it is empty, at less it is null.
	Lists []int
}

// Levels is a run of a leaf's entries. Def and Rep have one entry each (nil if
// all would be 0); a row begins where the repetition level is 0, and a run may
// end within a row. Values has the values that are there, without nulls, coded
// or plain.
type Levels struct {
	Def, Rep []uint32
	Values   Vector
	Count    int // values
}

// LeafReader gives the entries of a leaf.
type LeafReader interface {
	// Next returns the next levels, valid until the next call, or io.EOF.
	Next() (*Levels, error)
	Close() error
}

// LeafUnit is a unit whose leaves can be read, each by itself: also those in
// lists, which a batch has no column for. Of what can be read only once, one
// leaf can be read, or columns.
type LeafUnit interface {
	Unit
	// OpenLeaf starts reading the leaf with this index into the Leaves of the file.
	OpenLeaf(ctx context.Context, leaf int) (LeafReader, error)
}

// PathUnit is a unit of a log whose leaves are known by their paths, because its
// files may have them at different places.
type PathUnit interface {
	Unit
	// OpenPath starts reading the leaf of this path.
	OpenPath(ctx context.Context, path []string) (Leaf, LeafReader, error)
}

// The columns of a log whose rows are the slots of lists; the fields of the lists
// are called ItemPrefix and their name.
const (
	ItemPrefix = "item."
	ItemRank   = ItemPrefix + "rank" // from 1; null for what was offered and not ranked
	ItemList   = ItemPrefix + "list" // a number that tells lists apart
)
