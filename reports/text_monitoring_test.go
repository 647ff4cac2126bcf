package reports_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// monitored is a set of a strategy whose monitor is told of a sample, and of one whose
// monitor is told of everything.
func monitored() *result.Set {
	const second = 1_000_000_000
	run := func(at int, detections ...result.RunDetection) result.Run {
		return result.Run{Case: at, Seed: 1, Monitoring: detections}
	}
	return result.Aggregate(result.Meta{Scenario: "mine", Seeds: result.Seeds{First: 1, Count: 1}, RunsWanted: 2},
		[]result.CaseMeta{{Strategy: "sampled"}, {Strategy: "all"}}, []result.Run{
			run(0, result.RunDetection{Detector: "inversion", Real: 80, Detected: 5, Alarms: 5,
				First: 12 * second, Delay: 10 * second},
				result.RunDetection{Detector: "duplicate"},
				result.RunDetection{Detector: "gap", Alarms: 9},
				result.RunDetection{Detector: "key-lag", Real: 3}),
			run(1, result.RunDetection{Detector: "inversion", Real: 80, Detected: 80, Alarms: 80, Delay: 80 * second},
				result.RunDetection{Detector: "duplicate"},
				result.RunDetection{Detector: "gap"},
				result.RunDetection{Detector: "key-lag"}),
		})
}

// What a monitor's detectors were worth stands in a table: those that had something to
// detect, or alarmed of nothing.
func TestMonitoringTable(t *testing.T) {
	got := text(t, monitored(), 80)
	for _, want := range []string{
		"MONITORING",
		"sampled   inversion        80      75      0          12s     2s  1/1 runs",
		"          gap               0       0      9        never  never  0/0 runs",
		"          key-lag           3       3      0        never  never  0/1 runs",
		"all       inversion        80       0      0            0     1s  1/1 runs",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "duplicate ") {
		t.Errorf("a detector with nothing to tell stands in\n%s", got)
	}
}

// The page and the summary of a step have the same table, and say what its words and
// its detectors mean; without a monitor they say nothing of it.
func TestGoldenMonitoring(t *testing.T) {
	section := regexp.MustCompile(`(?s)<section id="monitoring">.*?</section>\n`)
	golden(t, "monitoring.html", func(w io.Writer) error {
		_, err := w.Write(section.Find(pageOf(t, monitored(), nil)))
		return err
	})
	golden(t, "monitoring.md", func(w io.Writer) error { return reports.Summary(w, monitored()) })
	if section.Match(pageOf(t, one(), nil)) {
		t.Error("a page without a monitor has a part about it")
	}
	var out bytes.Buffer
	if err := reports.Summary(&out, one()); err != nil || strings.Contains(out.String(), "detectors") {
		t.Errorf("without a monitor, %v:\n%s", err, out.String())
	}
}

// On a phone the table is moved inside its frame: the page is no wider than the screen,
// whatever the names are.
func TestMonitoringOnPhone(t *testing.T) {
	browser := findBrowser(t)
	set := monitored()
	set.Results[0].Strategy = strings.Repeat("a-long-name-", 12)
	dir := t.TempDir()
	// A window is 500 pixels wide at least, so the page stands in a frame of a phone's width.
	frame := `<body style="margin:0"><iframe src="report.html" style="width:390px;height:800px;border:0"></iframe>`
	report := func(what string) string {
		return `<script>onload=()=>parent.postMessage(` + what + `,"*")</script></body>`
	}
	page := strings.Replace(string(pageOf(t, set, nil)), "</body>",
		report(`"page "+(document.documentElement.scrollWidth<=innerWidth)+
", table "+(document.querySelector("#monitoring .wide").scrollWidth<=innerWidth)`), 1)
	frame += `<script>onmessage=m=>document.body.setAttribute("data-fits",m.data)</script>`
	for name, text := range map[string]string{"report.html": page, "frame.html": frame} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu",
		"--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+filepath.Join(dir, "frame.html")).Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	if want := `data-fits="page true, table false"`; !strings.Contains(string(out), want) {
		t.Errorf("not %s, but %s", want, regexp.MustCompile(`data-fits="[^"]*"`).Find(out))
	}
}
