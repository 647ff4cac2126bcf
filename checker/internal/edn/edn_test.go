package edn_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"orderlab/checker/internal/edn"
)

// all reads every form of a text and writes it again.
func all(r io.Reader, limits edn.Limits) (forms []string, err error) {
	p := edn.NewReader(r, limits)
	if _, err := p.Enter(); err != nil {
		return nil, err
	}
	for {
		form, err := p.Next()
		if errors.Is(err, io.EOF) {
			return forms, nil
		}
		if err != nil {
			return forms, err
		}
		forms = append(forms, string(form.Append(nil, 0)))
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"nil true false", "nil|true|false"},
		{"0 -1 +7 42N 1M 1.5 -2.5e-3 1E5M 3.", "0|-1|7|42|1M|1.5|-2.5e-3|1E5M|3."},
		{"12345678901234567890 -9223372036854775808 9223372036854775807N", "12345678901234567890|-9223372036854775808|9223372036854775807"},
		{"1/2 -4/2 0x1F -0xff 017 2r101 36rZz", "1/2|-2|31|-255|15|5|1295"},
		{"##Inf ##-Inf ##NaN", "Inf|-Inf|NaN"},
		{`"a" "" "\t\n\"\\\u00e9\101" "é"`, `"a"|""|"\t\n\"\\éA"|"é"`},
		{`"\ud83d\ude00" "\ud83d" "\ud83dx"`, "\"😀\"|\"\uFFFD\"|\"\uFFFDx\""},
		{"\\a \\newline \\space \\( \\é \\u00e9 \\o101 \\,", "\\a|\\\n|\\ |\\(|\\é|\\é|\\A|\\,"},
		{":a :a/b :->x a.b/c + - -> .x ...", ":a|:a/b|:->x|a.b/c|+|-|->|.x|..."},
		{"[] () {} #{} [1,2] (1 [2 {:a #{3}}])", "[]|[]|{}|#{}|[1 2]|[1 [2 {:a #{3}}]]"},
		{"{:a 1, :b [2 3]} #{:x \"y\"}", "{:a 1 :b [2 3]}|#{:x \"y\"}"},
		{"#inst \"2020\" #jepsen.history.Op{:a 1} #a/b c #:n{:k 1}", `#inst "2020"|#jepsen.history.Op {:a 1}|#a/b c|#:n {:k 1}`},
		{"1 ; one\n2;two", "1|2"},
		{"#_ 1 2 #_#_ 3 4 5 [#_ 6] #_[7 #_8] {:a #_ 9 10}", "2|5|[]|{:a 10}"},
		{"#'user/x #\"a\\\"b\"", `user/x|a\"b`},
		{"", ""},
		{" \n;c", ""},
	} {
		for _, limits := range []edn.Limits{{}, edn.DefaultLimits} {
			forms, err := all(strings.NewReader("("+c.text+"\n)"), limits)
			if got := strings.Join(forms, "|"); err != nil || got != c.want {
				t.Errorf("%s: %s, %v; want %s", c.text, got, err, c.want)
			}
		}
		forms, err := all(iotest.OneByteReader(strings.NewReader("["+c.text+"\n]")), edn.Limits{})
		if got := strings.Join(forms, "|"); err != nil || got != c.want {
			t.Errorf("%s, byte by byte: %s, %v; want %s", c.text, got, err, c.want)
		}
	}
}

// Forms stand one after the other, or in one vector or list.
func TestStream(t *testing.T) {
	for _, text := range []string{"{:a 1}\n{:a 2}", "[{:a 1} {:a 2}]", "({:a 1}\n{:a 2})\n; end", "; begin\n[ {:a 1}, {:a 2}, ]"} {
		forms, err := all(strings.NewReader(text), edn.Limits{})
		if got := strings.Join(forms, "|"); err != nil || got != "{:a 1}|{:a 2}" {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

func TestErrors(t *testing.T) {
	small := edn.Limits{Depth: 3, Nodes: 6, Bytes: 10}
	for _, c := range []struct{ text, want string }{
		{"{:a 1", "1:6: the text ends inside a map that begins at 1:1"},
		{"{:a\n [1 2", "2:6: the text ends inside a vector that begins at 2:2"},
		{"{:a}", "1:4: a key of the map has no value"},
		{"{:a [1 2}", "1:9: '}' stands where ']' should close a vector that begins at 1:5"},
		{"1 ]", "1:3: ']' closes nothing"},
		{`"abc`, "1:5: the text ends inside the string that begins at 1:1"},
		{`"a\q"`, `1:4: the string has an escape \q that EDN does not know`},
		{`"\u12g4"`, "1:6: 'g' stands where a hexadecimal digit should"},
		{"1a", `1:1: "1a" is no number`},
		{"08", `1:1: "08" is no number`},
		{"1/0", `1:1: "1/0" is no number`},
		{"1/+2", `1:1: "1/+2" is no number`},
		{"1_0", `1:1: "1_0" is no number`},
		{"1e", `1:1: "1e" is no number`},
		{"99r1", `1:1: "99r1" is no number`},
		{":", "1:1: a keyword has no name"},
		{"::a", "1:1: a keyword has no name"},
		{"\\abc", `1:1: \abc is no character`},
		{"\\", "1:2: the text ends where a character should stand"},
		{"#<a>", "1:2: # is followed by '<', which EDN does not know"},
		{"^a b", `1:1: '^' begins no value in EDN`},
		{"#a", "1:3: the text ends where a value should stand"},
		{"#_", "1:3: the text ends where a value should stand"},
		{"\xff", "1:1: the text is not UTF-8"},
		{"\"\xff\"", "1:1: the string is not UTF-8"},
		{"[[1]] 2", "1:7: something follows the end of the list"},
		{"[1 2", "1:5: the text ends before ']'"},
		{"{1 {2 {3 {4 5}}}}", "1:10: the nesting is deeper than 3"},
		{"#a #a #a #a 1", "1:10: the nesting is deeper than 3"},
		{"#{1 2 3 4 5 6 7}", "1:13: the form has more than 6 values"},
		{`"0123456789abcdef"`, "1:13: the form has more than 10 bytes"},
	} {
		limits := edn.Limits{}
		if strings.Contains(c.want, "deeper") || strings.Contains(c.want, "more than") {
			limits = small
		}
		_, err := all(strings.NewReader(c.text), limits)
		var syntax *edn.SyntaxError
		if !errors.As(err, &syntax) || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
		// What is wrong with a word or string that is the whole text may have been cut off.
		ended := strings.Contains(c.want, "ends") || strings.Contains(c.want, "1:1: ") && strings.Count(c.text, " ") == 0
		if syntax != nil && syntax.Ended != ended {
			t.Errorf("%s: ended is %v", c.text, syntax.Ended)
		}
	}
}

// However a text is cut inside of a form, it is told that more of it could follow.
func TestCutAnywhere(t *testing.T) {
	const text = `{:type :ok, "value" [[:poll {é [[17 "a\u00e9\ud83d\ude00\n\101"] [nil \newline] (1/2 0x1f -36rZ 1.5e10M)]}]], ` +
		`#jepsen.Op{:a ##Inf} #{+1 true} :b #_ c d #inst "2020" ; comment` + "\n :c}"
	if _, err := all(strings.NewReader(text), edn.Limits{}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < len(text); n++ {
		var syntax *edn.SyntaxError
		if _, err := all(strings.NewReader(text[:n]), edn.Limits{}); !errors.As(err, &syntax) || !syntax.Ended {
			t.Errorf("%q: %v", text[:n], err)
		}
	}
}

// An error of the reader is that, and not one of the text.
func TestReaderFails(t *testing.T) {
	broken := errors.New("broken")
	for _, text := range []string{"", "[", "{:a", `"a`, "1", "#", "#_", "; c", `"\`, `"\u00`, "\\", "#a "} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if _, err := all(r, edn.Limits{}); !errors.Is(err, broken) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzReader: no input panics or reads otherwise when it comes in pieces, and what is
// wrong has a place.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		`{:type :ok, :f :poll, :value [[:poll {:x [[1 "a"] [nil \b]]}]], :time 12N}`, `[#{1 2} (3 4.5M) ##Inf #inst "x"]`,
		"#_ #_ a b c ; d\n\"\\u00e9\\101\"", "{:a #:b{:c nil}} 1/2 0x1f 36rZ #\"re\" #'v",
	} {
		f.Add(seed)
	}
	limits := edn.Limits{Depth: 16, Nodes: 1000, Bytes: 10_000}
	f.Fuzz(func(t *testing.T, text string) {
		forms, err := all(strings.NewReader(text), limits)
		pieces, err2 := all(iotest.OneByteReader(strings.NewReader(text)), limits)
		if fmt.Sprint(err) != fmt.Sprint(err2) || strings.Join(forms, "\n") != strings.Join(pieces, "\n") {
			t.Fatalf("at once %q, %v; in pieces %q, %v", forms, err, pieces, err2)
		}
		var syntax *edn.SyntaxError
		if err != nil && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Column < 1) {
			t.Fatalf("error %v", err)
		}
	})
}
