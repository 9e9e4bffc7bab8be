package config

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as 512, 64KiB, 25MiB or 1GiB. The units
// KB, MB and GB mean the same powers of two.
type Size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{
	{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30},
	{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1},
}

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := strings.ToUpper(strings.TrimSpace(string(text))), int64(1)
	for _, u := range sizeUnits {
		if rest, found := strings.CutSuffix(number, u.suffix); found {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || int64(n) > math.MaxInt64/unit {
		return fmt.Errorf("%q is not a size such as 64KiB or 25MiB", text)
	}
	*s = Size(int64(n) * unit)
	return nil
}

// String writes the size with the largest unit that leaves no remainder.
func (s Size) String() string {
	for i := 2; i >= 0; i-- {
		if u := sizeUnits[i].bytes; s >= Size(u) && int64(s)%u == 0 {
			return strconv.FormatInt(int64(s)/u, 10) + []string{"KiB", "MiB", "GiB"}[i]
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Network is a range of addresses: 10.0.0.0/8, fd00::/8, or one address.
type Network struct{ netip.Prefix }

// UnmarshalText reads a network.
func (n *Network) UnmarshalText(text []byte) error {
	if addr, err := netip.ParseAddr(string(text)); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		n.Prefix = netip.PrefixFrom(addr, addr.BitLen())
		return nil
	}
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil || prefix.Addr().Is4In6() {
		return fmt.Errorf("%q is not a network such as 10.0.0.0/8 or an address", text)
	}
	n.Prefix = prefix.Masked()
	return nil
}
