"use strict";
(function () {
  // An operation is [kind, message, from, at, begin, end, text], as html_view.go writes it.
  const KIND = 0, MSG = 1, FROM = 2, AT = 3, BEGIN = 4, END = 5, TEXT = 6;
  const views = JSON.parse(document.getElementById("views").textContent) || [];
  const NS = "http://www.w3.org/2000/svg";
  const LINES = 500; // messages that are drawn at a time
  const LETTER = 6.5; // the width of a letter, about
  const STOPS = 12; // faults that the tab key stops at
  const LEVELS = 4; // labels of faults one above the other, at most
  const letter = (v, m) => m >= 0 && m < v.focus && m < 26 ? String.fromCharCode(65 + m) : "";
  const name = (v, m) => m < 0 ? "" : (letter(v, m) ? letter(v, m) + " " : "") + v.messages[m][0];
  const tone = (v, m) => m >= 0 && m < Math.min(v.focus, 2) ? "m" + m : "mx";
  const secs = (us, d) => (us / 1e6).toFixed(d === undefined ? 3 : d) + " s";

  function el(parent, tag, attrs, text) {
    const e = document.createElementNS(NS, tag);
    for (const k in attrs) e.setAttribute(k, attrs[k]);
    if (text !== undefined) e.textContent = text;
    parent.appendChild(e);
    return e;
  }
  function html(parent, tag, attrs, text) {
    const e = document.createElement(tag);
    for (const k in attrs) e.setAttribute(k, attrs[k]);
    if (text !== undefined) e.textContent = text;
    parent.appendChild(e);
    return e;
  }
  function short(s, n) { return s.length > n ? s.slice(0, n - 1) + "\u2026" : s; }
  function described(v, op) {
    const m = op[MSG], took = op[END] - op[BEGIN];
    return secs(op[END], 6) + "  " + (m < 0 ? "" : name(v, m) + (v.messages[m][1] ? " (key " + v.messages[m][1] + ")" : "") + " ") +
      op[TEXT] + (took > 0 ? ", took " + secs(took, 6) : "");
  }
  function explain(g, detail, text) {
    const show = () => { detail.textContent = text; };
    g.addEventListener("mouseenter", show);
    g.addEventListener("focus", show);
    g.addEventListener("click", show);
    g.setAttribute("role", "img");
    el(g, "title", {}, text);
  }

  // sequence draws a row for each operation, in order of time.
  function sequence(box, detail, v) {
    const rows = [];
    v.ops.forEach((op, i) => rows.push({ at: op[END], op, i }));
    v.faults.forEach(f => rows.push({ at: f.b, fault: f }));
    rows.sort((a, b) => a.at - b.at || (a.fault ? -1 : 1) - (b.fault ? -1 : 1) || a.i - b.i);
    const phone = box.clientWidth < 500, step = phone ? 92 : 150, left = phone ? 74 : 96, top = 44, h = 34, all = top + h * rows.length + 16;
    const what = f => "fault: " + f.t + (f.c ? " \u2014 without it the guarantee holds" : "");
    const widest = Math.max(0, ...v.faults.map(f => 24 + LETTER * what(f).length));
    const w = Math.max(left + step * v.lanes.length, Math.min(box.clientWidth - 2, left + widest));
    const svg = el(box, "svg", { width: w, height: all, viewBox: `0 0 ${w} ${all}`, role: "group", "aria-label": "sequence diagram" });
    const x = l => left + step * l + step / 2;
    v.lanes.forEach((l, i) => {
      el(svg, "line", { class: "lane", x1: x(i), x2: x(i), y1: top - 10, y2: all });
      el(el(svg, "text", { x: x(i), y: 22, "text-anchor": "middle", "font-weight": "600" }, short(l.n, phone ? 13 : 20)), "title", {}, l.n);
    });
    rows.forEach((r, n) => {
      const y = top + h * n + 20;
      el(svg, "text", { class: "soft", x: 6, y: y + 4 }, secs(r.at));
      if (r.fault) {
        el(svg, "rect", { class: "band", x: left, y: y - 14, width: w - left - 4, height: 26 });
        const text = what(r.fault);
        el(el(svg, "text", { x: left + 8, y: y + 4 }, short(text, Math.floor((w - left - 20) / LETTER))), "title", {}, text);
        return;
      }
      arrow(svg, detail, v, r.op, r.i, x, y, left, w);
    });
  }
  function arrow(svg, detail, v, op, i, x, y, left, w) {
    const c = tone(v, op[MSG]), from = x(op[FROM]), to = x(op[AT]);
    const g = el(svg, "g", { class: "op", tabindex: "0", "data-op": op[KIND] });
    if (i === v.mark) el(svg.insertBefore(document.createElementNS(NS, "g"), g), "rect", { class: "lost", x: left, y: y - 16, width: w - left - 4, height: 32 });
    explain(g, detail, described(v, op) + (i === v.mark ? ". Order is lost here." : ""));
    const again = /\(attempt \d+\)/.exec(op[TEXT]);
    const label = op[MSG] < 0 ? op[TEXT] : (letter(v, op[MSG]) || v.messages[op[MSG]][0]) + " " + op[KIND] +
      (again ? " " + again[0] : "") + (i === v.mark ? " \u2014 order is lost here" : "");
    if (from === to) {
      el(g, "circle", { class: c, cx: to, cy: y, r: 4.5 });
      el(g, "text", { class: c, x: to + 9, y: y + 4 }, short(label, 34));
      return;
    }
    const d = to > from ? -1 : 1, end = to + 2 * d;
    el(g, "path", { class: "hit", d: `M${from} ${y}L${end} ${y}` });
    el(g, "path", { class: c, d: `M${from} ${y}L${end} ${y}`, "stroke-dasharray": op[KIND] === "ack" ? "4 3" : "none" });
    el(g, "path", { class: c, d: `M${end + 7 * d} ${y - 4}L${end} ${y}L${end + 7 * d} ${y + 4}` });
    el(g, "text", { class: c, x: (from + to) / 2, y: y - 5, "text-anchor": "middle" }, short(label, 40));
  }

  // courses gathers the operations of each message; acks turn back and are left out.
  function courses(v) {
    const by = new Map();
    v.ops.forEach(op => {
      if (op[MSG] < 0 || op[KIND] === "ack") return;
      if (!by.has(op[MSG])) by.set(op[MSG], []);
      by.get(op[MSG]).push(op);
    });
    return [...by.entries()].sort((a, b) => a[0] - b[0]);
  }

  // timeline draws lanes over time, a line for each message.
  function timeline(box, detail, v, bar) {
    const all = courses(v), lone = v.ops.filter(op => op[MSG] < 0);
    let first = Infinity, last = -Infinity;
    v.ops.forEach(op => { first = Math.min(first, op[END]); last = Math.max(last, op[END]); });
    v.faults.forEach(f => { first = Math.min(first, f.b); last = Math.max(last, f.e); });
    if (!isFinite(first)) { first = 0; last = 1; }
    const pad = Math.max(1, (last - first) * 0.02);
    const whole = [first - pad, last + pad];
    const s = { from: whole[0], to: whole[1], key: "", msg: "" };
    const out = html(bar, "output", { "aria-live": "polite" });
    const redraw = () => paint(box, detail, v, all, lone, s, out);
    const zoom = (by, at) => {
      const c = at === undefined ? (s.from + s.to) / 2 : at;
      const from = c - (c - s.from) * by, to = c + (s.to - c) * by;
      if (to - from < 10) return;
      s.from = Math.max(whole[0], from); s.to = Math.min(whole[1], to);
      redraw();
    };
    const move = by => {
      const w = s.to - s.from, d = Math.max(whole[0] - s.from, Math.min(whole[1] - s.to, by * w));
      s.from += d; s.to += d;
      redraw();
    };
    const button = (text, label, act) => {
      const b = html(bar, "button", { type: "button", "aria-label": label, "data-act": label }, text);
      bar.insertBefore(b, out);
      b.addEventListener("click", act);
    };
    button("+", "zoom in", () => zoom(0.5));
    button("\u2212", "zoom out", () => zoom(2));
    button("\u2190", "earlier", () => move(-0.3));
    button("\u2192", "later", () => move(0.3));
    button("all", "whole time", () => { s.from = whole[0]; s.to = whole[1]; redraw(); });
    ["key", "msg"].forEach(what => {
      const i = html(bar, "input", { type: "search", placeholder: what === "key" ? "filter by key" : "filter by message", "aria-label": what === "key" ? "filter by key" : "filter by message", "data-filter": what });
      bar.insertBefore(i, out);
      i.addEventListener("input", () => { s[what] = i.value.trim(); redraw(); });
    });
    box.tabIndex = 0;
    box.addEventListener("keydown", e => {
      const act = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2), Home: () => zoom(1e9) }[e.key];
      if (act) { e.preventDefault(); act(); }
    });
    box.addEventListener("wheel", e => {
      if (!e.ctrlKey && !e.shiftKey) return; // the page scrolls
      e.preventDefault();
      const r = box.getBoundingClientRect();
      zoom(e.deltaY + e.deltaX < 0 ? 0.8 : 1.25, s.from + (e.clientX - r.left) / r.width * (s.to - s.from));
    }, { passive: false });
    addEventListener("resize", redraw);
    redraw();
  }

  // labelled gives each fault's label a place in the first line where it is free; where
  // there are too many lines it stays without.
  function labelled(faults, clip, w, left, most) {
    const ends = [], list = faults.map(f => {
      const begin = clip(f.b), late = begin > w * 0.6, room = Math.floor((late ? begin - left - 10 : w - begin - 10) / LETTER);
      const text = short(f.t, Math.max(4, Math.min(most, room))), wide = LETTER * text.length;
      const from = late ? begin - 5 - wide : begin + 8, to = from + wide + 6;
      let level = ends.findIndex(line => line.every(([a, b]) => to <= a || from >= b));
      if (level < 0) { level = ends.length; ends.push([]); }
      ends[level].push([from, to]);
      return { f, text, at: late ? begin - 5 : begin + 8, anchor: late ? "end" : "start", level };
    });
    return { list, levels: Math.min(LEVELS, ends.length) };
  }

  function paint(box, detail, v, all, lone, s, out) {
    box.textContent = "";
    const phone = box.clientWidth < 500, left = phone ? 84 : 140, w = Math.max(320, box.clientWidth - 2), row = 30;
    const x = t => left + (t - s.from) / (s.to - s.from) * (w - left - 10);
    const clip = t => Math.max(left, Math.min(w - 10, x(t)));
    const faults = labelled(v.faults.filter(f => f.e >= s.from && f.b <= s.to), clip, w, left, phone ? 26 : 60);
    const top = 12 + 14 * Math.max(1, faults.levels), h = top + row * v.lanes.length + 24;
    const svg = el(box, "svg", { width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: "group", "aria-label": "timeline" });
    const y = l => top + row * l + row / 2;
    v.lanes.forEach((l, i) => {
      el(svg, "line", { class: "lane", x1: left, x2: w - 10, y1: y(i), y2: y(i) });
      el(el(svg, "text", { x: 4, y: y(i) + 4 }, short(l.n, phone ? 11 : 19)), "title", {}, l.n);
    });
    for (let i = 0; i <= (phone ? 2 : 5); i++) {
      const t = s.from + (s.to - s.from) * i / (phone ? 2 : 5);
      el(svg, "text", { class: "soft", x: x(t), y: h - 6, "text-anchor": i ? (i === (phone ? 2 : 5) ? "end" : "middle") : "start" }, secs(t, s.to - s.from < 2e5 ? 4 : 2));
    }
    faults.list.forEach(({ f, text, at, anchor, level }, i) => {
      const g = el(svg, "g", { class: "op fault", tabindex: i < STOPS ? "0" : "-1" });
      explain(g, detail, "fault at " + secs(f.b, 6) + (f.e > f.b ? ", for " + secs(f.e - f.b) : "") + ": " + f.t);
      el(g, "rect", { class: "band", x: clip(f.b), y: 4, width: Math.max(5, clip(f.e) - clip(f.b)), height: h - 26 });
      if (level < LEVELS) el(g, "text", { x: at, y: 15 + 14 * level, "text-anchor": anchor }, text);
    });
    const id = "clip" + views.indexOf(v);
    el(el(svg, "clipPath", { id }), "rect", { x: left, y: 0, width: w - left, height: h });
    const area = el(svg, "g", { "clip-path": "url(#" + id + ")" });
    const fits = m => (!s.key || v.messages[m][1].includes(s.key)) && (!s.msg || v.messages[m][0].includes(s.msg));
    const inside = all.filter(([m, ops]) => fits(m) && ops[ops.length - 1][END] >= s.from && ops[0][END] <= s.to);
    const step = Math.max(1, Math.ceil(inside.length / LINES));
    const drawn = inside.filter(([m], i) => m < v.focus || i % step === 0);
    drawn.reverse().forEach(([m, ops]) => course(area, detail, v, m, ops, x, y));
    lone.forEach(op => {
      if (op[END] < s.from || op[END] > s.to || s.key || s.msg) return;
      const g = el(svg, "g", { class: "op", tabindex: "-1" }); // there are hundreds
      explain(g, detail, described(v, op));
      el(g, "rect", { class: "mx", x: x(op[END]) - 3, y: y(op[AT]) - 3, width: 6, height: 6 });
    });
    out.textContent = drawn.length < inside.length ? `${drawn.length} of ${inside.length} messages drawn; zoom in or filter to see all` : `${drawn.length} ${drawn.length === 1 ? "message" : "messages"}`;
  }
  function course(svg, detail, v, m, ops, x, y) {
    const c = tone(v, m), g = el(svg, "g", { class: "op course", tabindex: m < v.focus ? "0" : "-1", "data-message": v.messages[m][0] });
    const points = ops.map(op => [x(op[END]), y(op[AT])]);
    const d = "M" + points.map(p => Math.max(-1e4, Math.min(1e5, p[0])).toFixed(1) + " " + p[1]).join("L");
    explain(g, detail, name(v, m) + (v.messages[m][1] ? " (key " + v.messages[m][1] + ")" : "") + ": " + ops.map(op => secs(op[END]) + " " + op[TEXT]).join("; "));
    el(g, "path", { class: "hit", d });
    el(g, "path", { class: c, d });
    points.forEach(p => { if (m < v.focus) el(g, "circle", { class: c, cx: p[0], cy: p[1], r: 3.5 }); });
    if (letter(v, m) && points.length) el(g, "text", { class: c, x: points[points.length - 1][0] + (m % 2 ? -15 : 6), y: points[points.length - 1][1] - 6, "font-weight": "700" }, letter(v, m));
  }

  // legend says which messages the letters stand for.
  function legend(p, v) {
    for (let m = 0; m < v.focus && m < 26; m++) {
      const s = html(p, "span", {});
      html(s, "b", { class: tone(v, m) }, letter(v, m));
      s.append(v.messages[m][0] + (v.messages[m][1] ? " (key " + v.messages[m][1] + ")" : ""));
    }
  }

  function start(div) {
    if (div.dataset.started) return;
    div.dataset.started = "yes";
    const v = views[div.dataset.view === "run" ? views.length - 1 : Number(div.dataset.view)];
    const tabs = html(div, "div", { class: "bar", role: "group" }), bar = html(div, "div", { class: "bar" });
    legend(html(div, "p", { class: "legend" }), v);
    const box = html(div, "div", { class: "canvas" }), detail = html(div, "p", { class: "detail", "aria-live": "polite" });
    const hint = "Point at, touch or tab to a message or a fault for its details.";
    const show = kind => {
      const fresh = box.cloneNode(false);
      div.replaceChild(fresh, div.querySelector(".canvas"));
      bar.textContent = ""; detail.textContent = hint;
      tabs.querySelectorAll("button").forEach(b => b.setAttribute("aria-pressed", String(b.dataset.tab === kind)));
      if (kind === "time") timeline(fresh, detail, v, bar); else sequence(fresh, detail, v);
    };
    if (div.dataset.kind === "both") {
      [["sequence", "Sequence"], ["time", "Timeline"]].forEach(([kind, text]) => {
        html(tabs, "button", { type: "button", "data-tab": kind }, text).addEventListener("click", () => show(kind));
      });
    }
    show(div.dataset.kind === "both" ? "sequence" : "time");
  }
  function open(details) { details.querySelectorAll(".view").forEach(start); }
  document.querySelectorAll("details.violation").forEach(d => {
    if (d.open) open(d);
    d.addEventListener("toggle", () => { if (d.open) open(d); });
  });
  document.querySelectorAll("#run .view").forEach(start);
  function follow() {
    const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (at && at.tagName === "DETAILS") { at.open = true; open(at); at.scrollIntoView(); }
  }
  addEventListener("hashchange", follow);
  follow();
})();
