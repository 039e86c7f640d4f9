package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// slotOf and listOf are a list, written either way.
type slotOf struct {
	Item   string  `json:"i"`
	Rank   int     `json:"r"`
	Group  string  `json:"c"`
	Good   bool    `json:"y"`
	Bought float64 `json:"n"`
}

type listOf struct {
	Slots []slotOf `json:"l"`
	User  string   `json:"u"`
	Sex   string   `json:"sex"`
	When  string   `json:"t"`
	Goods int      `json:"g"`
	Usual float64  `json:"p"`
	Films float64  `json:"f"`
	News  float64  `json:"w"`
}

// twoWays writes the same lists as columns of lists, and as one row per slot in an order
// in which no list stands together.
func twoWays(t *testing.T) (whole, keyed string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var lists, rows []string
	line := func(x any) string {
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + "\n"
	}
	for n := range 90 {
		l := listOf{User: fmt.Sprint("u", n%30), Sex: []string{"w", "m"}[n%30%2], When: fmt.Sprintf("2024-%02d-15", 1+n/30), Usual: float64(1 + n%7), Films: float64(n % 4), News: 1}
		items := rng.Perm(20)[:1+rng.IntN(6)]
		for place, i := range items {
			s := slotOf{fmt.Sprint("item", i), place + 1, []string{"film", "news", "film", "song"}[i%4], rng.IntN(3) == 0, float64(20 - i)}
			if s.Good {
				l.Goods++
			}
			l.Slots = append(l.Slots, s)
		}
		lists = append(lists, line(l))
		for _, s := range l.Slots {
			rows = append(rows, line(struct {
				slotOf
				listOf
				List  int       `json:"list"`
				Slots *struct{} `json:"l,omitempty"`
			}{s, l, n, nil}))
		}
	}
	rng.Shuffle(len(rows), func(i, k int) { rows[i], rows[k] = rows[k], rows[i] })
	return strings.Join(lists, ""), strings.Join(rows, "")
}

// Numbers of whole lists are the same where a log has a row per slot: the same audits of
// the same lists, written either way, have the same measurements, intervals and findings.
func TestKeyedListsHaveTheSameNumbers(t *testing.T) {
	t.Parallel()
	const columns = `  time: t
  subject: u
  groups:
    sex: {column: sex, reference: m}
    c: {column: %sc, reference: film}
  slate: {%s, users: sex}
windows: {every: month}`
	const measures = `  utility: {relevance: %[1]sy, relevant: g, k: 3, users: u, category: c, history: {film: f, news: w}}
  popularity: {popularity: %[1]sn, total: 90, tail: "%[1]sn < 5.0", profile: p}
  bubble: {category: c, users: u}
  ranking: {k: 3, protected: news, share: 0.3, step: 2, relevance: %[1]sy}
  exposure: {relevance: %[1]sy, target: {film: 0.5, news: 0.25, song: 0.25}}`
	lists, rows := twoWays(t)
	whole := recommended(t, lists, fmt.Sprintf(columns, "item.", "items: l, item: i, rank: r"), fmt.Sprintf(measures, "item."))
	keyed := recommended(t, rows, fmt.Sprintf(columns, "", "key: list, item: i, rank: r"), fmt.Sprintf(measures, ""))
	of := func(r *audit.Result) map[string]string {
		out := map[string]string{}
		for _, m := range r.Measurements {
			key := strings.Join([]string{m.Detector, m.Metric, m.Attribute, string(m.GroupKind), text(m.Group), text(m.Reference), m.Window, text(m.Stratum), text(m.Column), fmt.Sprint(m.Parameters)}, " ")
			b, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			out[key] = string(b)
		}
		return out
	}
	a, b := of(whole), of(keyed)
	seen := map[string]int{}
	for key, m := range a {
		if b[key] != m {
			t.Errorf("%s:\n%s\nkeyed:\n%s", key, m, b[key])
		}
		if strings.Contains(m, `"value":null`) {
			continue
		}
		seen[strings.Fields(key)[0]]++
	}
	if len(a) != len(b) {
		t.Errorf("%d numbers, and %d of the keyed log", len(a), len(b))
	}
	for _, d := range []string{"utility", "popularity", "bubble", "ranking", "exposure"} {
		if seen[d] == 0 {
			t.Errorf("nothing of %s: %v", d, seen)
		}
	}
	titles := func(r *audit.Result) (out []string) {
		for _, f := range r.Findings {
			out = append(out, f.Title+f.Detail)
		}
		return out
	}
	if !slices.Equal(titles(whole), titles(keyed)) {
		t.Errorf("findings: %q and %q", titles(whole), titles(keyed))
	}
}
