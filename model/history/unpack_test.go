package history_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"orderlab/model/history"

	"pgregory.net/rapid"
)

// compressed packs a text.
func compressed(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(text)
	_ = z.Close()
	return b.Bytes()
}

// A compressed file is read as the file in it is, also one of several parts, as when
// compressed files were joined.
func TestCompressed(t *testing.T) {
	text := lines(100, "shop#*", "k*")
	var want, got history.History
	if _, err := history.Read(&want, bytes.NewReader(text), "f", history.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	middle := bytes.IndexByte(text[len(text)/2:], '\n') + len(text)/2 + 1
	for _, packed := range [][]byte{compressed(text), append(compressed(text[:middle]), compressed(text[middle:])...)} {
		if _, err := history.Read(&got, iotest.HalfReader(bytes.NewReader(packed)), "f", history.ReadOptions{}); err != nil {
			t.Fatal(err)
		}
		if written(t, &got) != written(t, &want) {
			t.Error("a compressed history is another one")
		}
	}
}

func written(t interface{ Fatal(...any) }, h *history.History) string {
	var b strings.Builder
	if err := history.Write(&b, h); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// However a file is cut, compressed or not, what is left of it is a beginning of the
// whole history that ends with a whole line; without leave to cut nothing is read of
// it, unless it was cut between two lines.
func TestCutAnywhere(t *testing.T) {
	text := lines(30, "shop#*", "k*")
	var h history.History
	if _, err := history.Read(&h, bytes.NewReader(text), "f", history.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	whole := written(t, &h)
	packed := compressed(text)
	rapid.Check(t, func(t *rapid.T) {
		file, zip := text, rapid.Bool().Draw(t, "compressed")
		if zip {
			file = packed
		}
		cut := file[:rapid.IntRange(1, len(file)-1).Draw(t, "bytes")]
		truncated, err := history.Read(&h, bytes.NewReader(cut), "f", history.ReadOptions{AllowTruncated: true})
		var wrong *history.SyntaxError
		switch {
		case errors.As(err, &wrong) && wrong.Line == 1:
			// Not even the first line is left.
		case err != nil:
			t.Fatal(err)
		case !strings.HasPrefix(whole, written(t, &h)):
			t.Fatalf("it is\n%s, and the whole is\n%s", written(t, &h), whole)
		case zip && !truncated:
			t.Fatal("the cut goes unnoticed")
		}
		if truncated, err = history.Read(&h, bytes.NewReader(cut), "f", history.ReadOptions{}); truncated {
			t.Fatal("it is cut off without leave")
		}
		between := !zip && (bytes.HasSuffix(cut, []byte("\n")) || bytes.HasPrefix(text[len(cut):], []byte("\n")))
		if (err == nil) != between {
			t.Fatalf("between two lines: %v, but the error is %v", between, err)
		}
	})
}

// What is wrong with a compressed file is told apart from what is wrong with reading it.
func TestDamaged(t *testing.T) {
	packed := compressed(lines(100, "shop#*", "k*"))
	sum := bytes.Clone(packed)
	sum[len(sum)-5] ^= 1
	noise := bytes.Clone(packed)
	for i := 12; i < len(noise)-8; i++ {
		noise[i] = 0xff
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{sum, "f:502: the compressed file is damaged (gzip: invalid checksum); copy it again"},
		{noise, "f:1: the compressed file is damaged (flate: corrupt input before offset "},
		{packed[:5], "f:1: the compressed file is cut off; copy it again, or judge what is there with --allow-truncated"},
		{packed[:len(packed)-1], "f:502: the compressed file is cut off; copy it again"},
	} {
		_, err := history.Read(new(history.History), bytes.NewReader(c.file), "f", history.ReadOptions{})
		var syntax *history.SyntaxError
		if !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	broken := errors.New("broken")
	if _, err := history.NewUnpacker(iotest.ErrReader(broken), true).Read(make([]byte, 1)); !errors.Is(err, broken) {
		t.Error(err)
	}
}
