package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// The contenders.
const (
	plumbline = "plumbline"
	duckdb    = "DuckDB"
	polars    = "Polars"
	fairlearn = "Fairlearn"
	replicas  = "Fairlearn, 5 replicates"
	evidently = "Evidently"
	decode    = "decode alone"
	one       = "plumbline, 1 worker"
	two       = "plumbline, 2 workers"
	small     = "plumbline, one file"
	large     = "plumbline, ten files"
)

// work is something that contenders do, each in its own process.
type work struct {
	id         string
	title      string
	prepare    func(ctx context.Context) error
	contenders []contender
}

// compares says whether there is more than one contender to compare counts of.
func (w work) compares() bool {
	n := 0
	for _, c := range w.contenders {
		if c.cells != nil {
			n++
		}
	}
	return n > 1
}

// contender is a way to do a work. command is called once what the work
// prepares is there. cells reads what was counted, as lines in order; nil if it
// counts nothing.
type contender struct {
	name    string
	command func() []string
	cells   func(printed string) ([]string, error)
	once    bool // takes minutes: its first run is the only one, and counts
}

// Columns that the works need.
const (
	countColumns = "decided_at,sex,age_band,race,decision,repaid"
	auditColumns = countColumns + ",score,region,channel,device,employment,age,income,amount"
)

// works lists everything that is measured.
func works(b *bench) []work {
	plain, none, zstd := []string{"--plain"}, []string{"--codec", "none"}, []string{"--codec", "zstd"}
	return []work{
		b.tables("count-snappy", "count table, snappy", "count", countColumns, nil, duckdb, polars, decode),
		b.tables("count-zstd", "count table, zstd", "count", countColumns, zstd, duckdb, decode),
		b.tables("count-plain", "count table, plain strings", "count", countColumns, plain, duckdb),
		b.tables("count-none", "count table, uncompressed", "count", countColumns, none, duckdb),
		b.tables("audit", "whole audit", "audit", auditColumns, nil, duckdb, polars, decode),
		b.lists("places", "lists: count table"),
		b.lists("slates", "lists: whole audit"),
		b.metrics(),
		b.bootstrap(),
		b.drift(),
		b.workers("workers-count", "count table by workers", "count"),
		b.workers("workers-audit", "whole audit by workers", "audit"),
		b.scale("scale-count", "count table, ten times the rows", "count"),
		b.scale("scale-audit", "whole audit, ten times the rows", "audit"),
		b.compas(),
		{id: "version", title: "plumbline version", contenders: []contender{{
			name: plumbline, command: func() []string { return []string{b.program("plumbline"), "version"} },
		}}},
	}
}

// tables is the count table or the whole audit of a log, with peers.
func (b *bench) tables(id, title, audit, columns string, flags []string, peers ...string) work {
	var dir string
	log := func() string { return filepath.Join(dir, "log.parquet") }
	w := work{id: id, title: title, prepare: func(ctx context.Context) (err error) {
		dir, err = b.log(ctx, b.rows, flags...)
		return err
	}}
	w.contenders = append(w.contenders, b.plumbline(plumbline, audit, &dir, b.threads))
	for _, peer := range peers {
		c := contender{name: peer, cells: printedCells}
		switch peer {
		case decode:
			c.cells = nil
			c.command = func() []string {
				return []string{b.program("decode"), strconv.Itoa(b.threads), columns, log()}
			}
		default:
			script := map[string]string{duckdb: "duckdb_peer.py", polars: "polars_peer.py"}[peer]
			c.command = func() []string { return b.peer(script, audit, log(), strconv.Itoa(b.threads)) }
		}
		w.contenders = append(w.contenders, c)
	}
	return w
}

// lists is a count table or the whole audit of lists of ten items, as many as there
// are rows of the log.
func (b *bench) lists(id, title string) work {
	var dir string
	return work{id: id, title: title,
		prepare: func(ctx context.Context) (err error) {
			dir, err = b.log(ctx, b.rows, "--slates")
			return err
		},
		contenders: []contender{
			b.plumbline(plumbline, id, &dir, b.threads),
			{name: duckdb, cells: printedCells, command: func() []string {
				return b.peer("duckdb_peer.py", id, filepath.Join(dir, "log.parquet"), strconv.Itoa(b.threads))
			}},
		},
	}
}

// plumbline runs one of the audits that the generator wrote. The count table is
// a detector that plumbline has not.
func (b *bench) plumbline(name, audit string, dir *string, workers int) contender {
	program, outputs, cells := "plumbline", []string{"json", "html"}, auditCells
	switch audit {
	case "count", "places":
		program, outputs, cells = "count", outputs[:1], tableCells
	case "slates":
		cells = slateCells
	case "rates", "bootstrap":
		outputs, cells = outputs[:1], rateCells
	}
	path := func(output string) string { return filepath.Join(b.scratch, audit+"."+output) }
	return contender{name: name,
		command: func() []string {
			c := []string{b.program(program), "run", filepath.Join(*dir, audit+".yaml"), "-q", "--exit-zero",
				"--progress", "off", "--workers", strconv.Itoa(workers)}
			for _, o := range outputs {
				c = append(c, "-o", o+"="+path(o))
			}
			return c
		},
		cells: func(string) ([]string, error) { return resultCells(path("json"), cells) },
	}
}

// peer is a script's command; bytecode is not written into the checkout.
func (b *bench) peer(script string, arguments ...string) []string {
	path := filepath.Join(b.root, "bench", "compare", "peers", script)
	return append([]string{b.python(), "-B", path}, arguments...)
}

// metrics is five metrics by one attribute, of at most a million rows.
func (b *bench) metrics() work {
	var dir string
	return work{
		id: "fairlearn", title: "5 metrics, 1 attribute, 1 million rows",
		prepare: func(ctx context.Context) (err error) {
			dir, err = b.log(ctx, min(b.rows, 1_000_000))
			return err
		},
		contenders: []contender{
			b.plumbline(plumbline, "rates", &dir, b.threads),
			{name: fairlearn, cells: printedCells, command: func() []string {
				return b.peer("fairlearn_peer.py", filepath.Join(dir, "log.parquet"))
			}},
		},
	}
}

// workers is the same audit with one worker and with two.
func (b *bench) workers(id, title, audit string) work {
	var dir string
	prepare := func(ctx context.Context) (err error) {
		dir, err = b.log(ctx, b.rows)
		return err
	}
	list := []contender{b.plumbline(one, audit, &dir, 1), b.plumbline(two, audit, &dir, 2)}
	return work{id: id, title: title, prepare: prepare, contenders: uncompared(list)}
}

// scale is the same audit of one file and of ten.
func (b *bench) scale(id, title, audit string) work {
	var one, ten string
	prepare := func(ctx context.Context) (err error) {
		if one, err = b.log(ctx, b.rows); err == nil {
			ten, err = b.log(ctx, 10*b.rows, "--files", "10")
		}
		return err
	}
	list := []contender{b.plumbline(small, audit, &one, b.threads), b.plumbline(large, audit, &ten, b.threads)}
	title = fmt.Sprintf("%s (%s and %s)", title, million(b.rows), million(10*b.rows))
	return work{id: id, title: title, prepare: prepare, contenders: uncompared(list)}
}

// uncompared are contenders whose counts are not looked at: those of one program
// are the same for any number of workers by its own tests, and two logs have two
// tables.
func uncompared(list []contender) []contender {
	for i := range list {
		list[i].cells = nil
	}
	return list
}
