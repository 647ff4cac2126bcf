package sim

import (
	"fmt"
	"strconv"
)

// param is a parameter of a fault in text: a word, and a value when it has one.
type param struct {
	word string
	bare bool // the word stands alone
	text func(f *Fault) string
	set  func(f *Fault, s string) error
}

var (
	paramFactor = &param{word: "factor", text: func(f *Fault) string { return some(f.Factor != 0, f.Factor.times) },
		set: func(f *Fault, s string) (err error) { f.Factor, err = parseTimes(s); return err }}
	paramAdded   = timeParam("added", func(f *Fault) *Time { return &f.Added })
	paramDownFor = timeParam("down", func(f *Fault) *Time { return &f.DownFor })
	paramGap     = timeParam("gap", func(f *Fault) *Time { return &f.Gap })
	paramBy      = timeParam("by", func(f *Fault) *Time { return &f.By })
	paramWindow  = timeParam("window", func(f *Fault) *Time { return &f.Noise.Window })
	paramUp      = rangeParam("up", func(f *Fault) *Range { return &f.Up })
	paramDown    = rangeParam("down", func(f *Fault) *Range { return &f.Down })
	paramLate    = rangeParam("late", func(f *Fault) *Range { return &f.Late })

	paramLoss      = shareParam("loss", func(f *Fault) *Share { return &f.Noise.Loss })
	paramDuplicate = shareParam("duplicate", func(f *Fault) *Share { return &f.Noise.Duplicate })
	paramCorrupt   = shareParam("corrupt", func(f *Fault) *Share { return &f.Noise.Corrupt })
	paramReorder   = shareParam("reorder", func(f *Fault) *Share { return &f.Noise.Reorder })

	paramBandwidth = intParam("bandwidth", func(f *Fault) *int64 { return &f.Bandwidth })
	paramPPB       = intParam("ppb", func(f *Fault) *int64 { return &f.PPB })

	paramTell = &param{word: "told", bare: true,
		text: func(f *Fault) string { return some(f.Tell, func() string { return "told" }) },
		set:  func(f *Fault, _ string) error { f.Tell = true; return nil }}
	paramLabel = &param{word: "label",
		text: func(f *Fault) string { return some(f.Label != "", func() string { return quoted(f.Label) }) },
		set:  func(f *Fault, s string) (err error) { f.Label, err = unquoted(s); return err }}
)

func some(is bool, text func() string) string {
	if is {
		return text()
	}
	return ""
}

func timeParam(word string, of func(*Fault) *Time) *param {
	return &param{word: word, text: func(f *Fault) string { return some(*of(f) != 0, of(f).String) },
		set: func(f *Fault, s string) (err error) { *of(f), err = ParseTime(s); return err }}
}

func rangeParam(word string, of func(*Fault) *Range) *param {
	return &param{word: word, text: func(f *Fault) string { return some(*of(f) != Range{}, of(f).String) },
		set: func(f *Fault, s string) (err error) { *of(f), err = ParseRange(s); return err }}
}

func shareParam(word string, of func(*Fault) *Share) *param {
	return &param{word: word, text: func(f *Fault) string { return some(*of(f) != 0, of(f).String) },
		set: func(f *Fault, s string) (err error) { *of(f), err = ParseShare(s); return err }}
}

func intParam(word string, of func(*Fault) *int64) *param {
	return &param{word: word,
		text: func(f *Fault) string {
			return some(*of(f) != 0, func() string { return strconv.FormatInt(*of(f), 10) })
		},
		set: func(f *Fault, s string) (err error) {
			if *of(f), err = strconv.ParseInt(s, 10, 64); err != nil {
				return fmt.Errorf("%q is not a whole number", s)
			}
			return nil
		}}
}

// times formats a factor, as "2.5".
func (p Share) times() string { return fixed(int64(p), int64(Whole)) }

func parseTimes(s string) (Share, error) {
	v, err := parseFixed(s, int64(Whole))
	if err != nil {
		return 0, fmt.Errorf("%q is not a factor: write it as 10 or 2.5", s)
	}
	return Share(v), nil
}
