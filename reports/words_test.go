package reports_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"orderlab/reports"
)

func TestNumbersAreShort(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {0.00123, "0.0012"}, {0.05, "0.05"}, {1, "1"}, {3.65, "3.65"}, {12.34, "12.3"}, {99.96, "100"}, {1745.2, "1745"},
		{9999, "9999"}, {9999.6, "10k"}, {12_340, "12.3k"}, {999_600, "1M"}, {4e12, "4T"}, {-15_000, "-15k"},
	} {
		if got := reports.Compact(c.v); got != c.want {
			t.Errorf("%g is written %q, want %q", c.v, got, c.want)
		}
	}
	for _, c := range []struct {
		span func([]float64) string
		v    []float64
		want string
	}{
		{reports.CountSpan, nil, "-"},
		{reports.CountSpan, []float64{159.2}, "159"},
		{reports.CountSpan, []float64{4804, 12_000}, "4.8..12k"},
		{reports.CountSpan, []float64{1003, 1e9}, "1003..1G"},
		{reports.CountSpan, []float64{0, 40}, "0..40"},
		{reports.TimeSpan, []float64{51.6, 1840}, "0.05..1.84s"},
		{reports.TimeSpan, []float64{72_300, 176_400}, "72.3..176s"},
		{reports.TimeSpan, []float64{0.25, 2000}, "250µs..2s"},
		{reports.TimeSpan, []float64{5 * 3_600_000}, "5h"},
	} {
		if got := c.span(c.v); got != c.want {
			t.Errorf("%v is written %q, want %q", c.v, got, c.want)
		}
	}
	for v, want := range map[float64]string{
		0.05: "0.05", 3.65: "3.6", 9.97: "10", 48.2: "48", 1186.4: "1186", 45_678: "45.7k",
	} {
		if got := reports.Few(v); got != want {
			t.Errorf("in a narrow column %g is written %q, want %q", v, got, want)
		}
	}
	for v, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567", -1000: "-1,000"} {
		if got := reports.Thousands(v); got != want {
			t.Errorf("%d is written %q, want %q", v, got, want)
		}
	}
}

func TestCleanNamesCannotMoveTheTerminal(t *testing.T) {
	if got, want := reports.Clean("a\n\tb\x1b[31m\u202ec\u0085é消"), "a  b\uFFFD[31m\uFFFDc\uFFFDé消"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "name")
		got := reports.Clean(s)
		unsafe := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
		if strings.ContainsFunc(got, unsafe) {
			t.Fatalf("%q still has a control character", got)
		}
		if reports.Clean(got) != got {
			t.Fatalf("cleaning %q twice changes it", s)
		}
	})
}

func TestWidthOnATerminal(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "消息": 4, "한국": 4, "ｆｕｌｌ": 8, "🙂": 2} {
		if got := reports.TextWidth(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
}

// Wrapping keeps the words in order and no line is wider than asked, unless a
// single word is.
func TestWrapKeepsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-zé消.]{1,12}`)).Draw(t, "words")
		width := rapid.IntRange(1, 60).Draw(t, "width")
		lines := reports.Wrap(strings.Join(words, " "), width, "  ")
		if got := strings.Fields(strings.Join(lines, "\n")); !slices.Equal(got, words) {
			t.Fatalf("%q became %q", words, got)
		}
		for _, l := range lines {
			if reports.TextWidth(l) > width && len(strings.Fields(l)) > 1 {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
	})
}
