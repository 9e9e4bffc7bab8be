package seed

import "sort"

// dice gives numbers that look random and are the same on every machine
// (SplitMix64, Steele, Lea and Flood 2014).
type dice uint64

// newDice makes the dice for one purpose: a seed, and numbers that name what
// is decided.
func newDice(seed uint64, purpose ...int) *dice {
	d := dice(seed)
	for _, p := range purpose {
		d = dice(d.next() ^ uint64(p)*0x9E3779B97F4A7C15)
	}
	return &d
}

func (d *dice) next() uint64 {
	*d += 0x9E3779B97F4A7C15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// in says yes in n of a thousand cases.
func (d *dice) in(n int) bool { return d.below(1000) < n }

// wheel picks numbers with weights: it holds the weights added up.
type wheel []uint64

// newWheel makes a wheel of n numbers in which number k has the weight
// 1/(k+flat): the larger flat, the more alike they are. With 1 it is Zipf's law.
func newWheel(n, flat int) wheel {
	w := make(wheel, n)
	sum := uint64(0)
	for k := range w {
		sum += 1 << 32 / uint64(k+flat)
		w[k] = sum
	}
	return w
}

func (w wheel) spin(d *dice) int {
	at := d.next() % w[len(w)-1]
	return sort.Search(len(w), func(i int) bool { return w[i] > at })
}
