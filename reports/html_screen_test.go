package reports_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/png" // what browsers write
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestScreenshots compares what the page looks like, on a desk and on a phone, in light
// and in dark, with golden files: the brightness of blocks, from 0 to f. Fonts and
// browsers differ, so a twentieth of the blocks may be off: other letters move next to
// none, a part of the page that is gone or has no style moves more.
func TestScreenshots(t *testing.T) {
	browser := findBrowser(t)
	page := string(pageOf(t, one(), smallRun()))
	for _, screen := range []struct {
		name          string
		width, height int
		dark          bool
	}{
		{"desk-light", 1280, 3600, false}, {"desk-dark", 1280, 3600, true},
		{"phone-light", 400, 4000, false}, {"phone-dark", 400, 4000, true},
	} {
		text := page
		if screen.dark {
			text = strings.Replace(text, "@media(prefers-color-scheme:dark)", "@media all", 1)
		}
		if text == page && screen.dark {
			t.Fatal("the page has no style for a dark screen")
		}
		got := blocks(photograph(t, browser, screen.name, text, screen.width, screen.height))
		path := filepath.Join("testdata", "screens", screen.name+".txt")
		if screen.name == "desk-light" {
			broken := regexp.MustCompile(`(?s)<section id="price">.*?</section>`).ReplaceAllString(text, "")
			off, all := differing(blocks(photograph(t, browser, "broken", broken, screen.width, screen.height)), got)
			if off <= all/20 {
				t.Errorf("without the price only %d of %d blocks differ", off, all)
			}
		}
		if *rewrite {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v (go test ./reports -rewrite makes it)", err)
		}
		if off, all := differing(got, string(want)); off > all/20 {
			t.Errorf("%s: %d of %d blocks differ (go test ./reports -rewrite accepts it); now\n%s", screen.name, off, all, got)
		}
	}
}

// photograph returns a picture of a page. With ORDERLAB_PICTURES it is kept.
func photograph(t *testing.T, browser, name, text string, width, height int) image.Image {
	t.Helper()
	dir := t.TempDir()
	file, shot := filepath.Join(dir, "report.html"), filepath.Join(dir, "shot.png")
	if keep := os.Getenv(keepPictures); keep != "" {
		shot = filepath.Join(keep, "page-"+name+".png")
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--force-device-scale-factor=1", fmt.Sprintf("--window-size=%d,%d", width, height),
		"--user-data-dir="+t.TempDir(), "--screenshot="+shot, "file://"+file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", browser, err, out)
	}
	picture, err := os.ReadFile(shot)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// block is the side of a block in pixels.
const block = 25

// blocks is the mean brightness of each block of a picture.
func blocks(img image.Image) string {
	var out strings.Builder
	size := img.Bounds()
	for y := size.Min.Y; y+block <= size.Max.Y; y += block {
		for x := size.Min.X; x+block <= size.Max.X; x += block {
			sum := uint32(0)
			for i := range block * block {
				r, g, b, _ := img.At(x+i%block, y+i/block).RGBA()
				sum += (3*r + 6*g + b) / 10 >> 8
			}
			fmt.Fprintf(&out, "%x", sum/(block*block)>>4)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// differing counts the blocks whose brightness differs by more than a step.
func differing(got, want string) (off, all int) {
	a, b := strings.ReplaceAll(got, "\n", ""), strings.ReplaceAll(want, "\n", "")
	if len(a) != len(b) {
		return max(len(a), len(b)), max(len(a), len(b))
	}
	level := func(c byte) int { return strings.IndexByte("0123456789abcdef", c) }
	for i := range len(a) {
		if d := level(a[i]) - level(b[i]); d < -1 || d > 1 {
			off++
		}
	}
	return off, len(a)
}
