package canon

import "testing"

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		negative bool
		digits   string
		scale    int
		want     string
	}{
		{false, "0", 0, "0"}, {true, "0", 2, "0"}, {false, "5", 3, "0.005"}, {true, "1500", 2, "-15"}, {false, "1500", 0, "1500"},
		{true, "9999999999", 2, "-99999999.99"}, {false, "10", 2, "0.1"}, {false, "120", 1, "12"}, {false, "12", 2, "0.12"},
		{true, "12", -3, "-12000"}, {false, "0", -3, "0"}, {false, "123", 5, "0.00123"},
	} {
		if got := string(Decimal(nil, c.negative, []byte(c.digits), c.scale)); got != c.want {
			t.Errorf("%s scale %d: %s, want %s", c.digits, c.scale, got, c.want)
		}
	}
}

// The example of RFC 9562, appendix A.3.
func TestUUID(t *testing.T) {
	b := []byte{0x91, 0x91, 0x08, 0xf7, 0x52, 0xd1, 0x43, 0x20, 0x9b, 0xac, 0xf8, 0x47, 0xdb, 0x41, 0x48, 0xa8}
	if got := string(UUID([]byte("id "), b)); got != "id 919108f7-52d1-4320-9bac-f847db4148a8" {
		t.Error(got)
	}
}
