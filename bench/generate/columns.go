package main

import "math"

// kind is how a column's values are held in a batch.
type kind uint8

const (
	category kind = iota // codes, an index into values, or absent
	integer              // ints
	real                 // reals, NaN where the value is missing
	instant              // ints, microseconds since 1970 in UTC
)

// absent is the code of a missing category.
const absent = -1

// column is one column of the log.
type column struct {
	name   string
	kind   kind
	values []string // of a category
	// few tells that a column of numbers has few distinct values, for which
	// writers keep a dictionary.
	few bool
}

// The columns, as positions in a batch.
const (
	decidedAt = iota
	sex
	ageBand
	race
	region
	channel
	device
	employment
	score
	decision
	label
	age
	income
	amount
	userID
)

// columns lists the columns of the log; the last one only where the log has
// subjects.
func columns(subject bool) []column {
	list := []column{
		decidedAt:  {name: "decided_at", kind: instant},
		sex:        {name: "sex", values: []string{"male", "female", "other"}},
		ageBand:    {name: "age_band", values: []string{"18-24", "25-34", "35-44", "45-54", "55-64", "65+"}},
		race:       {name: "race", values: []string{"white", "hispanic", "black", "asian", "two or more", "native", "pacific islander"}},
		region:     {name: "region", values: regions()},
		channel:    {name: "channel", values: []string{"web", "app", "partner", "branch", "phone"}},
		device:     {name: "device", values: []string{"android", "ios", "windows", "mac", "linux", "console", "tv", "other"}},
		employment: {name: "employment", values: []string{"employed", "self-employed", "retired", "student", "unemployed", "public service"}},
		score:      {name: "score", kind: real, few: true},
		decision:   {name: "decision", values: []string{"approved", "declined"}},
		label:      {name: "repaid", values: []string{"yes", "no"}},
		age:        {name: "age", kind: integer, few: true},
		income:     {name: "income", kind: real, few: true},
		amount:     {name: "amount", kind: real},
		userID:     {name: "user_id", kind: integer},
	}
	if !subject {
		list = list[:userID]
	}
	return list
}

func regions() []string {
	var list []string
	for _, part := range []string{"north", "south", "east", "west"} {
		for _, area := range []string{"city", "suburb", "town", "coast", "country"} {
			list = append(list, part+" "+area)
		}
	}
	return list
}

// steps is the number of equally likely draws that a table tells apart.
const steps = 1 << 12

// shares makes a table from a draw to a category: category i has the share
// weights[i] of the draws.
func shares(weights ...float64) *[steps]int8 {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	var t [steps]int8
	at, sum := 0, weights[0]/total
	for i := range t {
		for at < len(weights)-1 && float64(i)/steps >= sum {
			at++
			sum += weights[at] / total
		}
		t[i] = int8(at)
	}
	return &t
}

// falling are n weights, each the given ratio of the one before.
func falling(n int, ratio float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = math.Pow(ratio, float64(i))
	}
	return w
}

// tables are the distributions that rows are drawn from.
type tables struct {
	sex, race, region, channel, employment *[steps]int8

	before, after *[steps]int8  // devices at the start and at the end of the log
	age           *[steps]uint8 // years
	score         *[steps]int16 // thousandths, by the height of a bell curve
	income        *[steps]float64
}

func newTables() *tables {
	t := &tables{
		sex:        shares(61, 37.5, 1.5),
		race:       shares(58, 19, 13, 6, 2.5, 1, 0.5),
		region:     shares(falling(20, 0.85)...),
		channel:    shares(46, 31, 14, 6, 3),
		employment: shares(58, 13, 11, 9, 6, 3),
		before:     shares(38, 27, 20, 9, 3, 1, 1, 1),
		after:      shares(41, 33, 13, 8, 2, 1, 1, 1),
		age:        new([steps]uint8), score: new([steps]int16), income: new([steps]float64),
	}
	for i := range steps {
		// A bell curve from −6.9 to 6.9 standard deviations; see bell.
		z := (float64(i) + 0.5 - steps/2) / steps * 4 * math.Sqrt(12)
		t.score[i] = int16(math.Round(1000 / (1 + math.Exp(-0.9*z))))
		t.income[i] = 100 * math.Round(300*math.Exp(0.55*z))
		// Ages fall off from 18 to 90.
		t.age[i] = uint8(18 + 72*math.Pow((float64(i)+0.5)/steps, 1.4))
	}
	return t
}

// bandOf is the age band of an age.
func bandOf(years uint8) int8 {
	return int8(min(max(int(years)-15, 0)/10, 5))
}
