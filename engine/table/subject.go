package table

import (
	"fmt"
	"strconv"
)

// MaxSubjects is the largest number of subjects that the dimension Subject tells
// apart. Of more, or where a table of so many would have more than MaxByPerson
// cells, it tells only their shards.
const (
	MaxSubjects = 1 << 10
	MaxByPerson = 1 << 22
)

// subjectName is the length of the name of a subject that is told apart.
const subjectName = 16

// SubjectCategory is a subject that counts on its own, known by a keyed hash and
// not by its name.
func SubjectCategory(hash uint64) Category {
	return Category{Name: fmt.Sprintf("%0*x", subjectName, hash), Order: int64(hash >> 1)}
}

// ShardCategory is the shard of a subject's hash.
func ShardCategory(hash uint64) Category {
	shard := int64(hash % Shards)
	return Category{Name: strconv.FormatInt(shard, 10), Order: shard}
}

// ShardOf is the shard of a subject that counts on its own; a shard is its own.
func ShardOf(c Category) Category {
	if len(c.Name) != subjectName {
		return c
	}
	hash, err := strconv.ParseUint(c.Name, 16, 64)
	if err != nil {
		return c
	}
	return ShardCategory(hash)
}

// EachSubject says whether the categories of the dimension Subject are subjects,
// each on its own, and not shards of them.
func EachSubject(cats []Category) bool {
	return len(cats) > 0 && len(cats[0].Name) == subjectName
}
