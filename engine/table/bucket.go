package table

import "math"

// A bucket holds the floats of one sign whose exponent and upper bits of the
// mantissa agree. Its number rises with the floats: 0 holds zero alone, n and
// -n mirror each other. Buckets are fixed, so those of two tables add up.

// bucketShift leaves 9 bits of the mantissa: a bucket is 2^-9 as wide as the
// power of two below it.
const bucketShift = 52 - 9

// BucketWidth bounds the width of a bucket: at most this share of its end
// nearer to zero, except among subnormal numbers, where a bucket is 2^-1031
// wide.
const BucketWidth = 1.0 / 512

// bucketOf is the number of the bucket that holds a finite float.
func bucketOf(x float64) int64 {
	b := int64(math.Float64bits(x) &^ (1 << 63))
	if b == 0 {
		return 0
	}
	n := b>>bucketShift + 1
	if x < 0 {
		return -n
	}
	return n
}

// Buckets is above the size of every bucket's number.
const Buckets = 1<<20 + 1

// BucketNumber numbers the bucket that holds a finite float, in the order of
// floats from -Buckets+1 to Buckets-1.
func BucketNumber(x float64) int { return int(bucketOf(x)) }

// BucketMiddle is the middle of a bucket.
func BucketMiddle(number int) float64 { return middle(int64(number)) }

// Bucket is the middle of the bucket that holds a finite float. Zero is a
// bucket of its own.
func Bucket(x float64) float64 { return middle(bucketOf(x)) }

func middle(bucket int64) float64 {
	switch {
	case bucket == 0:
		return 0
	case bucket < 0:
		return -middle(-bucket)
	}
	return math.Float64frombits(uint64(bucket-1)<<bucketShift | 1<<(bucketShift-1))
}

// BucketBounds are the ends of the bucket that holds a finite float: of its
// numbers the least and the greatest.
func BucketBounds(x float64) (low, high float64) {
	n := bucketOf(x)
	if n == 0 {
		return 0, 0
	}
	b := uint64(max(n, -n)-1) << bucketShift
	low, high = math.Float64frombits(max(b, 1)), math.Float64frombits(b|(1<<bucketShift-1))
	if n < 0 {
		return -high, -low
	}
	return low, high
}
