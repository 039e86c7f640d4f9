package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

// memoryCommand makes this program a process of its own that explains so many
// rows and says what it needed.
const memoryCommand = "memory"

// memoryOf attributes rows by drawn orders: MODEL ROWS.
func memoryOf(arguments []string) error {
	file, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	forest, err := readForest(file)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(arguments[1])
	if err != nil {
		return err
	}
	values, _ := makeRows(backgroundRows + count)
	before := peak()
	p := permuter(forest, batch(values, 0, backgroundRows))
	if _, err := p.Of(context.Background(), batch(values, backgroundRows, backgroundRows+count)); err != nil {
		return err
	}
	fmt.Println(peak(), before)
	return nil
}

// needed is the memory for so many rows.
type needed struct {
	rows        int
	peak, start int64
}

// memory is that of few and of many rows.
func (b *bench) memory(ctx context.Context) ([]needed, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var out []needed
	for _, n := range []int{10, 100, 1000} {
		text, err := output(ctx, self, memoryCommand, b.path("model.json"), strconv.Itoa(n))
		if err != nil {
			return nil, err
		}
		m := needed{rows: n}
		if _, err := fmt.Sscan(text, &m.peak, &m.start); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
