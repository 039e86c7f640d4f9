// Command decode reads columns of a log as plumbline does and throws them away:
// what an audit of them cannot be faster than.
//
//	decode WORKERS COLUMN,COLUMN... FILES
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: decode WORKERS COLUMN,COLUMN... FILES")
		os.Exit(2)
	}
	workers, err := strconv.Atoi(os.Args[1])
	if err == nil {
		err = decode(context.Background(), max(1, workers), strings.Split(os.Args[2], ","), os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "decode:", err)
		os.Exit(1)
	}
}

func decode(ctx context.Context, workers int, names []string, pattern string) error {
	log, err := files.Open(ctx, files.Options{Paths: []string{pattern}})
	if err != nil {
		return err
	}
	var columns []int
	for _, name := range names {
		at := slices.IndexFunc(log.Schema(), func(c source.Column) bool { return c.Name == name })
		if at < 0 {
			return fmt.Errorf("%s: there is no such column", name)
		}
		columns = append(columns, at)
	}
	var next, rows atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			for {
				at := int(next.Add(1)) - 1
				if at >= len(log.Units()) {
					return nil
				}
				if err := read(ctx, log.Units()[at], columns, &rows); err != nil {
					return err
				}
			}
		})
	}
	err = group.Wait()
	fmt.Println("rows", rows.Load())
	return err
}

func read(ctx context.Context, unit source.Unit, columns []int, rows *atomic.Int64) error {
	r, err := unit.Open(ctx, columns)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		batch, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		rows.Add(int64(batch.Rows))
	}
}
