package explain

import (
	"context"
	"math"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// PathAttributions are what each input adds to the margins of a forest along
// its paths, as the libraries' own contributions have it.
func PathAttributions(ctx context.Context, forest *model.Forest, rows model.Batch, class int) (*Attributions, error) {
	paths, err := model.NewPathDependent(forest, class)
	if err != nil {
		return nil, err
	}
	scores := make([]float64, rows.Rows*forest.Classes())
	if err := forest.Margins(rows, scores); err != nil {
		return nil, err
	}
	a := &Attributions{Reached: rows.Rows, ModelRows: int64(rows.Rows)}
	for row := range rows.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		phi, value := make([]float64, len(rows.Columns)), scores[row*forest.Classes()+class]
		paths.Values(rows, row, phi)
		sum := paths.Base()
		for _, v := range phi {
			sum += v
		}
		a.Values, a.SE = append(a.Values, phi), append(a.SE, make([]float64, len(phi)))
		a.Value, a.Base = append(a.Value, value), append(a.Base, paths.Base())
		a.Additivity = max(a.Additivity, math.Abs(sum-value))
	}
	return a, nil
}
