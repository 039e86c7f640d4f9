// Command bankdata makes testdata/bank/bank.parquet from the published CSV of
// the bank telemarketing campaign (Moro, Cortez, Rita: "A Data-Driven Approach
// to Predict the Success of Bank Telemarketing", Decision Support Systems,
// 2014).
//
// The CSV gives day and month but no year. Its rows are in the order of time,
// and the campaign began in May 2008: the year therefore starts at 2008 and
// rises whenever a row's month is earlier in the year than that of the row
// before. The result has a real date in every row, 30 calendar months from
// 2008-05 to 2010-11, and no step backwards; the program fails if that does not
// hold. Nothing else is changed: numbers become integers, and the marker
// "unknown" stays a value, for the audit to name as missing.
//
//	go run ./bench/bankdata testdata/bank/bank-full.csv.gz testdata/bank/bank.parquet
package main

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
)

// contact is one phone contact with a client.
type contact struct {
	ContactedAt int32  `parquet:"contacted_at,date"`
	Age         int32  `parquet:"age"`
	Job         string `parquet:"job,dict"`
	Marital     string `parquet:"marital,dict"`
	Education   string `parquet:"education,dict"`
	Default     string `parquet:"default,dict"`
	Balance     int32  `parquet:"balance"`
	Housing     string `parquet:"housing,dict"`
	Loan        string `parquet:"loan,dict"`
	Contact     string `parquet:"contact,dict"`
	Duration    int32  `parquet:"duration"`
	Campaign    int32  `parquet:"campaign,dict"`
	Pdays       int32  `parquet:"pdays"`
	Previous    int32  `parquet:"previous,dict"`
	Poutcome    string `parquet:"poutcome,dict"`
	Y           string `parquet:"y,dict"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: bankdata bank-full.csv.gz bank.parquet")
		os.Exit(2)
	}
	if err := convert(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "bankdata:", err)
		os.Exit(1)
	}
}

func convert(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	contacts, err := read(in)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if err := write(out, contacts); err != nil {
		return err
	}
	return out.Close()
}

// read parses the CSV and dates its rows.
func read(in io.Reader) ([]contact, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(z)
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	dates := calendar{year: 2008}
	var contacts []contact
	for i, row := range rows[1:] {
		c, err := parse(row, &dates)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		contacts = append(contacts, c)
	}
	return contacts, nil
}

// calendar gives a year to dates that come in order without one.
type calendar struct {
	year int
	last time.Time
}

func (c *calendar) date(day, month string) (time.Time, error) {
	m, err := time.Parse("Jan", month)
	if err != nil {
		return time.Time{}, err
	}
	d, err := strconv.Atoi(day)
	if err != nil {
		return time.Time{}, err
	}
	if !c.last.IsZero() && m.Month() < c.last.Month() {
		c.year++
	}
	at := time.Date(c.year, m.Month(), d, 0, 0, 0, 0, time.UTC)
	if at.Day() != d || at.Before(c.last) {
		return time.Time{}, fmt.Errorf("%s %s %d is no date, or earlier than the row before", day, month, c.year)
	}
	c.last = at
	return at, nil
}

// parse reads one row: age job marital education default balance housing loan
// contact day month duration campaign pdays previous poutcome y.
func parse(row []string, dates *calendar) (contact, error) {
	at, err := dates.date(row[9], row[10])
	if err != nil {
		return contact{}, err
	}
	var numbers [6]int32
	for i, column := range []int{0, 5, 11, 12, 13, 14} {
		n, err := strconv.ParseInt(row[column], 10, 32)
		if err != nil {
			return contact{}, err
		}
		numbers[i] = int32(n)
	}
	return contact{
		ContactedAt: int32(at.Unix() / 86400),
		Age:         numbers[0], Job: row[1], Marital: row[2], Education: row[3], Default: row[4],
		Balance: numbers[1], Housing: row[6], Loan: row[7], Contact: row[8],
		Duration: numbers[2], Campaign: numbers[3], Pdays: numbers[4], Previous: numbers[5],
		Poutcome: row[15], Y: row[16],
	}, nil
}

// write stores the contacts in three row groups.
func write(out io.Writer, contacts []contact) error {
	w := parquet.NewGenericWriter[contact](out,
		parquet.Compression(&parquet.Zstd), parquet.CreatedBy("plumbline", "bankdata", ""))
	const perGroup = 16384
	for len(contacts) > 0 {
		n := min(perGroup, len(contacts))
		if _, err := w.Write(contacts[:n]); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		contacts = contacts[n:]
	}
	return w.Close()
}
