package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/parquet-go/parquet-go"
)

// record is a row of the log: six columns of numbers and four of categories.
type record struct {
	At      time.Time `parquet:"at,timestamp(microsecond)"`
	Age     int64     `parquet:"age"`
	Income  float64   `parquet:"income"`  // two decimals
	Balance int64     `parquet:"balance"` // whole, of either sign
	Amount  float64   `parquet:"amount"`  // no two alike
	Score   float64   `parquet:"score"`   // three decimals
	Tenure  int64     `parquet:"tenure"`  // days
	Job     string    `parquet:"job,dict"`
	Region  string    `parquet:"region,dict"`
	Channel string    `parquet:"channel,dict"`
	Device  string    `parquet:"device,dict"`
}

// rowsPerMonth are the rows of the reference, January 2024, and of February,
// which is compared with it.
const rowsPerMonth = 500_000

// writeLog writes the same log every time, as a monthly job leaves one: a folder
// for each month. February has moved a little in most columns, and not at all in
// tenure and device.
func writeLog(folder string) error {
	rng := rand.New(rand.NewPCG(20240101, 1))
	for month := range 2 {
		start := time.Date(2024, time.January+time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		if err := writeMonth(rng, filepath.Join(folder, start.Format("month=2006-01")), start, float64(month)); err != nil {
			return err
		}
	}
	return nil
}

func writeMonth(rng *rand.Rand, folder string, start time.Time, moved float64) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(folder, "part-0.parquet"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := parquet.NewGenericWriter[record](f, parquet.MaxRowsPerRowGroup(125_000), parquet.Compression(&parquet.Snappy))
	rows := make([]record, 10_000)
	step := start.AddDate(0, 1, 0).Sub(start) / rowsPerMonth
	for from := 0; from < rowsPerMonth; from += len(rows) {
		for i := range rows {
			rows[i] = draw(rng, moved)
			rows[i].At = start.Add(time.Duration(from+i) * step).Truncate(time.Second)
		}
		if _, err := w.Write(rows); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}

func draw(rng *rand.Rand, moved float64) record {
	round := func(x, unit float64) float64 { return math.Round(x/unit) * unit }
	age := math.Min(95, math.Max(18, 42+float64(12*rng.NormFloat64())+2*moved))
	return record{
		Age:     int64(age),
		Income:  math.Round(100*math.Exp(7.8+float64(0.5*rng.NormFloat64())+float64(0.03*moved))) / 100,
		Balance: int64(float64((1400+100*moved)*rng.NormFloat64()) + 900),
		Amount:  rng.ExpFloat64() * (250 + 20*moved),
		Score:   round(1/(1+math.Exp(-rng.NormFloat64()-float64(0.1*moved))), 0.001),
		Tenure:  int64(3000 * rng.Float64()),
		Job:     pick(rng, "job", 12, 1+0.1*moved),
		Region:  pick(rng, "region", 50, 1+0.02*moved),
		Channel: pick(rng, "channel", 4, 1+0.3*moved),
		Device:  pick(rng, "device", 6, 1),
	}
}

// pick is one of n categories, the first ones more often.
func pick(rng *rand.Rand, name string, n int, steep float64) string {
	return fmt.Sprintf("%s %02d", name, int(float64(n)*math.Pow(rng.Float64(), 1+steep)))
}
