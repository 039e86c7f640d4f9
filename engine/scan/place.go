package scan

import (
	"fmt"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// maxRank is the last place that is told apart.
const maxRank = 1 << 16

// rankCategory maps a rank to the place in the list, from 1. What has no rank was
// offered and not shown.
func rankCategory(s *config.Slate) categorize {
	first := s.First()
	return func(_ source.Type, v source.Value) (table.Category, error) {
		if v.Kind == source.Null {
			return missingCategory, nil
		}
		x, err := number(v)
		if err != nil {
			return table.Category{}, err
		}
		place := x - float64(first) + 1
		switch {
		case x != float64(int64(x)):
			return table.Category{}, fmt.Errorf("%v is not a whole number", x)
		case place < 1 && x == 0:
			return table.Category{}, &hinted{"0, but ranks begin at 1", "if they begin at 0, say slate.first_rank: 0"}
		case place < 1:
			return table.Category{}, fmt.Errorf("%v is below the first rank, %d", x, first)
		case place > maxRank:
			return table.Category{}, fmt.Errorf("%v; at most %d places are told apart", x, maxRank)
		}
		return table.Category{Name: strconv.FormatInt(int64(place), 10), Order: int64(place)}, nil
	}
}
