package main

import (
	"math"
	"math/bits"
)

// decisions is an imagined log of decisions over the months of 2025. A row depends on
// the seed, the number of rows and the row's own number alone, so that the same
// rows come out however they are split over files and row groups.
type decisions struct {
	seed     uint64
	rows     int64
	shuffled bool // times in no order
	*tables
}

// Times run over a year, in milliseconds.
const span = 365 * 24 * 60 * 60 * 1000

// batch holds a run of rows by columns; see kind for which slice a column has.
type batch struct {
	rows  int
	codes [userID + 1][]int8
	ints  [userID + 1][]int64
	reals [userID + 1][]float64
}

func newBatch(size int) *batch {
	b := new(batch)
	for i, c := range columns(true) {
		switch c.kind {
		case category:
			b.codes[i] = make([]int8, size)
		case real:
			b.reals[i] = make([]float64, size)
		default:
			b.ints[i] = make([]int64, size)
		}
	}
	return b
}

// mix is the output function of SplitMix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

const golden = 0x9e3779b97f4a7c15

// draw gives the random bits of one row.
type draw struct{ state uint64 }

func (d *draw) next() uint64 {
	d.state += golden
	return mix(d.state)
}

// bell adds four even draws to one that is nearly normal, and moves it by a
// number of steps.
func bell(bits uint64, shift int) int {
	sum := int(bits&0xffff) + int(bits>>16&0xffff) + int(bits>>32&0xffff) + int(bits>>48)
	return min(max(sum>>6+shift, 0), steps-1)
}

// fill makes the rows from first on, as many as the batch was made for, or n.
func (l *decisions) fill(b *batch, first int64, n int) {
	b.rows = n
	for i := range n {
		l.row(b, i, first+int64(i))
	}
}

// row makes one row. Groups differ in their scores, scores are not quite
// calibrated for all of them, one sex meets a higher cut, which rises over the
// year, and the devices change.
func (l *decisions) row(b *batch, i int, number int64) {
	d := draw{mix(l.seed*golden + uint64(number) + 1)}
	at := l.time(number, d.next())
	b.ints[decidedAt][i] = (time2025 + at) * 1000
	progress := int(at * 256 / span)

	h := d.next()
	s, r := l.sex[h%steps], l.race[h>>12%steps]
	b.codes[region][i], b.codes[channel][i] = l.region[h>>24%steps], l.channel[h>>36%steps]
	devices := l.before
	h2 := d.next()
	if int(h2&0xff) < progress {
		devices = l.after
	}
	b.codes[device][i] = devices[h>>48%steps]
	b.codes[employment][i] = orAbsent(l.employment[h2>>8%steps], h2>>20, 82)
	years := l.age[h2>>32%steps]
	b.ints[age][i], b.codes[ageBand][i] = int64(years), bandOf(years)

	h3 := d.next()
	b.codes[sex][i], b.codes[race][i] = orAbsent(s, h3, 41), orAbsent(r, h3>>12, 123)
	points := int(l.score[bell(d.next(), 120-60*int(s&1)-25*int(r))])
	b.reals[score][i] = orNaN(float64(points)/1000, h3>>24, 41)
	noise, luck := int(h3>>36&0xff)-128, int(h3>>44%1000)
	b.codes[decision][i] = no(points+noise >= 520+35*int(s&1)+progress/8)
	b.codes[label][i] = orAbsent(no(luck < points-12*int(r)), h2>>44, 205)

	earned := l.income[bell(d.next(), int(years)-45)]
	h4 := d.next()
	b.reals[income][i] = orNaN(earned, h4, 164)
	b.reals[amount][i] = math.Round(earned*float64(h4>>12&0xffff)/1000) / 100
	// A few people have many decisions.
	hi, _ := bits.Mul64(h4, h4)
	person, _ := bits.Mul64(hi, uint64(l.rows/4+1))
	b.ints[userID][i] = int64(person)
}

// time2025 is the first millisecond of the year.
const time2025 = 1735689600000

// time is the row's time: in order, at an even pace, or anywhere in the year.
func (l *decisions) time(number int64, random uint64) int64 {
	if l.shuffled {
		at, _ := bits.Mul64(random, span)
		return int64(at)
	}
	from, to := l.pace(number), l.pace(number+1)
	at, _ := bits.Mul64(random, uint64(to-from))
	return from + int64(at)
}

func (l *decisions) pace(number int64) int64 {
	hi, lo := bits.Mul64(uint64(number), span)
	at, _ := bits.Div64(hi, lo, uint64(l.rows))
	return int64(at)
}

// orAbsent is the code, or absent in so many of 4,096 cases.
func orAbsent(code int8, random, often uint64) int8 {
	if random%steps < often {
		return absent
	}
	return code
}

func orNaN(value float64, random, often uint64) float64 {
	if random%steps < often {
		return math.NaN()
	}
	return value
}

// no is the code of a yes, which is 0, or of a no.
func no(yes bool) int8 {
	if yes {
		return 0
	}
	return 1
}
