// Package stat is statistical inference from counts: intervals for rates,
// their differences and ratios, exact and asymptotic tests, corrections for
// many tests, and the same for people who have many rows.
//
// Every function is pure and total: it returns finite, clamped numbers, or an
// error that is one of the Reasons below, never NaN. Counts are exact up to
// 2^53. Intervals take alpha, the error of both sides together (0.05 for a
// 95 % interval), because 1-level loses digits when alpha is small. Products
// that are added are rounded first, float64(a*b)+c, so that processors which
// fuse the two give the same bits as those which do not.
package stat

// Reason says in words why a number is undefined. Reasons are constants and
// compare with errors.Is.
type Reason string

// Error returns the reason.
func (r Reason) Error() string { return string(r) }

// The reasons.
const (
	ErrNoRows      Reason = "no rows"
	ErrCounts      Reason = "counts do not satisfy 0 <= k <= n"
	ErrTooLarge    Reason = "counts are above 2^53"
	ErrAlpha       Reason = "alpha is not between 0 and 1"
	ErrUndefined   Reason = "ratio of 0 to 0"
	ErrZeroCell    Reason = "a count of 0 leaves the standard error undefined"
	ErrNoVariation Reason = "every row has the same outcome"
	ErrLimit       Reason = "limit is not between 0 and 1"
	ErrFewShards   Reason = "fewer than two shards of people"
	ErrShards      Reason = "the two groups have different numbers of shards"
	ErrNoParts     Reason = "no parts to combine"
	ErrNotFinite   Reason = "a value is not finite"
	ErrFewRows     Reason = "fewer than two rows"
	ErrEmptyCell   Reason = "a category is empty on one side, which makes it infinite"

	// ErrExact is about a number that the other tool finds by counting
	// arrangements of few rows, which this engine does not.
	ErrExact Reason = "so few rows that the tool counts arrangements, which is not done here"

	ErrNotProbability Reason = "a score is not strictly between 0 and 1"
)

// The names of the methods, as printed beside each number.
const (
	MethodWilson          = "wilson"
	MethodClopperPearson  = "clopper-pearson"
	MethodJeffreys        = "jeffreys"
	MethodAgrestiCoull    = "agresti-coull"
	MethodNewcombe        = "newcombe"
	MethodMiettinen       = "miettinen-nurminen"
	MethodMee             = "mee"
	MethodKoopman         = "koopman"
	MethodKatz            = "katz"
	MethodMover           = "mover"
	MethodFisherMidP      = "fisher-midp"
	MethodFisher          = "fisher"
	MethodPooledZ         = "pooled-z"
	MethodChiSquare       = "chi-square"
	MethodBinomialMidP    = "binomial-midp"
	MethodBinomialZ       = "binomial-z"
	MethodBinomialCluster = "binomial-midp-clustered"
	MethodClusteredT      = "clustered-t"
	MethodClusteredScore  = "clustered-score"
	MethodWilsonCluster   = "wilson-clustered"
	MethodNewcombeCluster = "newcombe-clustered"
	MethodKoopmanCluster  = "koopman-clustered"
	MethodDeLong          = "delong"
	MethodDeLongPaired    = "delong-paired"
	MethodWelch           = "welch"
	MethodStudent         = "student-t"
	MethodHedges          = "hedges-olkin"
	MethodKolmogorov      = "kolmogorov"
	MethodKSExact         = "kolmogorov-exact"
	MethodDKW             = "dkw"
	MethodCalibrationZ    = "calibration-z"
	MethodDelta           = "delta"
	MethodBridge          = "brownian-bridge"
	MethodTableBootstrap  = "table-bootstrap"
	MethodMoverCluster    = "mover-clustered"
	MethodDKWCluster      = "dkw-clustered"
	MethodDeltaCluster    = "delta-clustered"
	MethodBridgeCluster   = "brownian-bridge-clustered"
	MethodTableCluster    = "table-bootstrap-clustered"
	MethodRaoScott        = "rao-scott"
	MethodMinP            = "min-p-permutation"
	MethodMaxT            = "max-t-jackknife"
	MethodBinomialExact   = "binomial-exact"
	MethodUpperExact      = "exact-upper"
)

const (
	maxCount        = 1 << 53 // integers up to here are exact in float64
	asymptoticCount = 1e7     // see asymptotic
	relativeTie     = 1e-10   // tables whose probabilities differ by less are equally probable
	log2Pi          = 1.8378770664093454835606594728112
	sqrt2           = 1.4142135623730950488016887242097
)

// Interval is a confidence interval. Rates are clamped to [0, 1], differences
// to [-1, 1], ratios to [0, +Inf]; a ratio without an upper limit has High
// +Inf.
type Interval struct {
	Low, High float64
	Method    string
}

// Test is the outcome of a significance test. An exact test has no statistic,
// and its Statistic is 0.
type Test struct {
	Statistic float64
	P         float64
	Method    string // the test that was in fact used
}

// Side is the alternative of a test.
type Side int

// The alternatives: the first quantity differs from, is less than or is
// greater than the second (or the limit).
const (
	TwoSided Side = iota
	Less
	Greater
)

// asymptotic is the rule that changes an exact test to the score test: the
// smallest expected count (for one sample, the variance) is at least
// 1e7·max(1, z^6). The first omitted term of the normal approximation to a
// tail is z³·skewness/6 (Edgeworth), and the skewness is at most
// 1/√(smallest expected count), so under the rule it is below 1/18,000; the
// granularity of a two-sided p, half a table's probability, is below 1/3,000.
// The p-values therefore agree to three digits. Far tails, where the normal
// approximation never gets good, stay exact at any count; they are cheap.
func asymptotic(expected, z float64) bool {
	z2 := z * z
	return expected >= asymptoticCount*max(1, z2*z2*z2)
}

// checkRate says whether k of n is a rate.
func checkRate(k, n float64) error {
	switch {
	case n == 0:
		return ErrNoRows
	case !(n > 0 && k >= 0 && k <= n):
		return ErrCounts
	case n > maxCount:
		return ErrTooLarge
	}
	return nil
}

// checkPair says whether both samples are rates.
func checkPair(k1, n1, k2, n2 float64) error {
	if err := checkRate(k1, n1); err != nil {
		return err
	}
	if err := checkRate(k2, n2); err != nil {
		return err
	}
	if n1+n2 > maxCount {
		return ErrTooLarge
	}
	return nil
}

// checkAlpha says whether alpha is an error probability.
func checkAlpha(alpha float64) error {
	if !(alpha > 0 && alpha < 1) {
		return ErrAlpha
	}
	return nil
}

// clamp limits x to [low, high].
func clamp(x, low, high float64) float64 { return max(low, min(high, x)) }
