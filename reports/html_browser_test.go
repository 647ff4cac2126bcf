package reports_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// drive does what a reader would, by mouse and by keyboard, and notes what is seen.
const drive = `<script>
const seen = [], note = (what, value) => seen.push(what + " " + value);
const $ = (q, at) => (at || document).querySelector(q);
const messages = () => $("#run output").textContent;
const times = () => [...document.querySelectorAll("#run svg text.soft")].map(t => t.textContent).join(" ");
const press = key => $("#run .canvas").dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
const filter = (what, text) => {
  const f = $("#run [data-filter=" + what + "]");
  f.value = text;
  f.dispatchEvent(new Event("input"));
};

note("sequence", document.querySelectorAll(".violation svg [data-op]").length);
$(".violation svg [data-op=deliver]").dispatchEvent(new Event("focus"));
note("detail", $(".violation .detail").textContent);
$("[data-tab=time]").click();
note("timeline", $(".violation svg").getAttribute("aria-label"));
note("pressed", $("[data-tab=time]").getAttribute("aria-pressed"));
$('.violation [data-act="zoom in"]').click();

note("whole", messages());
const all = times();
press("+");
note("zoomed", times() !== all && $("#run svg") !== null);
press("ArrowRight");
const right = times();
press("ArrowLeft");
note("moved", times() !== right);
press("Home");
note("back", times() === all);
$("#run .canvas").dispatchEvent(new WheelEvent("wheel", {deltaY: -1, ctrlKey: true, cancelable: true}));
note("wheel", times() !== all);
$('#run [data-act="whole time"]').click();
note("all again", times() === all);
filter("key", "k3");
note("by key", messages());
note("left", [...document.querySelectorAll("#run .course")].map(c => c.dataset.message));
filter("key", "");
filter("msg", "#5");
note("by message", [...document.querySelectorAll("#run .course")].map(c => c.dataset.message));
$("#run .course").dispatchEvent(new Event("focus"));
note("course", $("#run .detail").textContent);
$("#run .fault").dispatchEvent(new Event("mouseenter"));
note("fault", $("#run .detail").textContent);
const stops = [...document.querySelectorAll(".violation svg .op, #run .canvas, .wide, figure")];
note("focusable", stops.every(e => e.tabIndex >= 0 || e.classList.contains("course")));
location.hash = $("td a").getAttribute("href");
document.body.setAttribute("data-seen", seen.join("\n"));
</script>`

// TestPageInBrowser opens the page and uses it: the diagrams are drawn, details are
// shown, keys and buttons zoom and move, filters leave the messages that fit, and
// nothing is complained about.
func TestPageInBrowser(t *testing.T) {
	browser := findBrowser(t)
	text := string(pageOf(t, one(), smallRun()))
	act := `<script>window.onerror=m=>document.body.setAttribute("data-error",m);</script>`
	text = strings.Replace(text, "<head>", "<head>"+act, 1)
	text = strings.Replace(text, "</body>", drive+"</body>", 1)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
		"--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+file)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", browser, err, complaints.String())
	}
	dom := string(out)
	if strings.Contains(dom, "data-error=\"") || strings.Contains(complaints.String(), "CONSOLE") {
		t.Errorf("the page has errors:\n%s\n%s", regexp.MustCompile(`data-error="[^"]*"`).FindString(dom), complaints.String())
	}
	seen := regexp.MustCompile(`(?s)data-seen="([^"]*)"`).FindStringSubmatch(dom)
	if seen == nil {
		t.Fatal("the page was not used to the end")
	}
	for _, want := range []string{
		"sequence 8", "detail 65.310250 s  B producer-0#203 (key k17) delivered to consumer-2", "timeline timeline", "pressed true",
		"whole 8 messages", "zoomed true", "moved true", "back true", "wheel true", "all again true",
		"by key 1 message\n", "left p-0#3\n", "by message p-0#5\n", "course p-0#5 (key k5): 0.005 s sent by p-0",
		"fault fault at 0.003000 s, for 0.003 s: crash broker=0", "focusable true",
	} {
		if !strings.Contains(seen[1]+"\n", want) {
			t.Errorf("the page in a browser shows no %q, but\n%s", want, seen[1])
		}
	}
}
