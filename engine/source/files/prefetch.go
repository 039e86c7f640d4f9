package files

import (
	"syscall"

	"github.com/plumbline-audit/plumbline/engine/source/parquet"
)

// Prefetch implements source.Prefetcher for row groups of files that the
// operating system can read ahead of.
func (u *unit) Prefetch(columns []int) {
	if u.file.format != formatParquet {
		return
	}
	h, err := u.source.pool.acquire(u.file)
	if err != nil {
		return // opening the unit will tell
	}
	defer u.source.pool.release(h)
	opened, ok := h.container.(parquetFile)
	if !ok {
		return
	}
	from, ok := opened.from.(syscall.Conn)
	if !ok {
		return
	}
	conn, err := from.SyscallConn()
	if err != nil {
		return
	}
	var asked []int
	for _, c := range columns {
		if at := u.file.shape.from[c]; at >= 0 {
			asked = append(asked, at)
		}
	}
	for _, e := range opened.Units()[u.index].(*parquet.RowGroup).Extents(asked) {
		if conn.Control(func(fd uintptr) { willNeed(fd, e.Offset, e.Size) }) != nil {
			return
		}
	}
}
