package parquet

// short is the size of strings that are put together without a call: a copy of
// 16 bytes is two instructions, and the next string overwrites what of it is
// too much.
const short = 16

// place copies s to out[at:], and grows out if need be.
func place(out []byte, at int, s []byte) []byte {
	if len(out)-at < len(s) {
		out = grow(out[:at], max(len(s)+short, 1<<10))
		out = out[:cap(out)]
	}
	copy(out[at:], s)
	return out
}
