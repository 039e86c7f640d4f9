// Package canon writes the canonical text of values that formats store as bytes:
// what a decimal or a UUID is called in a configuration and a report.
package canon

// Decimal appends digits with scale of them behind the point, without
// trailing zeros there. A negative scale stands for zeros before the point.
func Decimal(dst []byte, negative bool, digits []byte, scale int) []byte {
	for scale > 0 && len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	if len(digits) == 0 || len(digits) == 1 && digits[0] == '0' {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	whole := len(digits) - scale
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[:min(whole, len(digits))]...)
		for range whole - len(digits) {
			dst = append(dst, '0')
		}
	}
	if scale > 0 {
		dst = append(dst, '.')
		for ; whole < 0; whole++ {
			dst = append(dst, '0')
		}
		dst = append(dst, digits[len(digits)-min(scale, len(digits)):]...)
	}
	return dst
}

// UUID appends the 16 bytes of a UUID (RFC 9562, section 4).
func UUID(dst, b []byte) []byte {
	const hex = "0123456789abcdef"
	for i, x := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hex[x>>4], hex[x&15])
	}
	return dst
}
