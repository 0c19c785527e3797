// Live figures, the chart, and a few keys. Every page is complete without this script.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement;
  let chart;

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  // Ticks only; every amount that is read as a figure comes formatted from the server.
  const amounts = (language, symbol) => {
    const format = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
    return (value) => (value < 0 ? "\u2212" : "") + symbol + format.format(Math.abs(value));
  };

  const drawn = (data) => ({
    labels: data.labels,
    datasets: [
      { type: "line", label: data.costLabel, data: data.cost, borderColor: colour("--cost"), borderDash: [6, 4],
        borderWidth: 2, pointRadius: 0, pointHitRadius: 8, stepped: "middle", order: 0 },
      { type: "line", label: data.usedLabel, data: data.used, borderColor: colour("--used"), borderWidth: 1.5,
        pointRadius: 0, pointHitRadius: 8, stepped: "middle", order: 1 },
      { type: "bar", label: data.revenueLabel, data: data.revenue, backgroundColor: colour("--bar"),
        borderRadius: 2, maxBarThickness: 28, categoryPercentage: 0.82, barPercentage: 0.9, order: 2 },
    ],
  });

  const options = (data) => {
    const amount = amounts(data.language, data.symbol);
    const quiet = colour("--quiet");
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    return {
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { grid: { display: false }, border: { color: colour("--line") }, ticks: { color: quiet, font, maxRotation: 0, autoSkipPadding: 16 } },
        y: { beginAtZero: true, grid: { color: colour("--hair"), drawBorder: false }, ticks: { color: quiet, font, maxTicksLimit: 5, callback: amount } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { titleFont: font, bodyFont: font, callbacks: { label: (item) => item.dataset.label + "  " + amount(item.parsed.y) } },
      },
    };
  };

  const draw = (text) => {
    const canvas = byId("chart");
    if (!canvas || !window.Chart) {
      // Without the chart library the table tells the same.
      if (canvas) { canvas.parentElement.hidden = true; document.querySelector(".twin").open = true; }
      return;
    }
    if (text) canvas.dataset.chart = text;
    const data = JSON.parse(canvas.dataset.chart);
    if (!data.labels || !data.drawn) return;
    for (const part of document.querySelectorAll("[data-drawn]")) part.hidden = false;
    if (chart) {
      chart.data = drawn(data);
      chart.options = options(data);
      chart.update("none");
    } else {
      chart = new window.Chart(canvas, { data: drawn(data), options: options(data) });
    }
  };

  // A part that holds the reader's focus waits; the next change brings it.
  const shown = new Map();
  const replace = (id, html) => {
    const part = byId(id);
    if (!part || shown.get(id) === html || part.contains(document.activeElement)) return;
    if (String(window.getSelection()) && part.contains(window.getSelection().anchorNode)) return;
    const wrap = part.querySelector(".table-wrap");
    const left = wrap ? wrap.scrollLeft : 0;
    part.innerHTML = html;
    shown.set(id, html);
    if (left) part.querySelector(".table-wrap").scrollLeft = left;
  };

  const listen = () => {
    const address = document.body.dataset.events;
    if (!address || !window.EventSource) return;
    const source = new EventSource(address);
    source.addEventListener("parts", (event) => {
      const parts = JSON.parse(event.data);
      for (const [id, html] of Object.entries(parts)) {
        if (id === "chart-data") draw(html);
        else if (id === "chart-title" || id === "chart-note" || id === "as-of") { const part = byId(id); if (part) part.textContent = html; }
        else replace(id, html);
      }
    });
    source.addEventListener("news", () => { const news = byId("news"); if (news) news.hidden = false; });
    source.addEventListener("live", (event) => {
      const figures = JSON.parse(event.data);
      byId("live").textContent = figures.live;
      document.querySelector(".pulse").classList.toggle("on", figures.busy !== "");
    });
    addEventListener("pagehide", () => source.close());
  };

  // "/" goes to the filter, "g" and a letter to a section.
  const sections = { o: 0, p: 1, c: 2, m: 3, r: 4, l: 5, s: 6 };
  let going = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "/") {
      const filter = document.querySelector("[data-filter]");
      if (filter) { filter.focus(); event.preventDefault(); }
    } else if (event.key === "g") {
      going = event.timeStamp;
    } else if (event.timeStamp - going < 1000 && event.key in sections) {
      document.querySelectorAll(".sections a")[sections[event.key]].click();
    }
  });

  addEventListener("click", (event) => {
    for (const pop of document.querySelectorAll("details.pop[open]")) if (!pop.contains(event.target)) pop.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const pop of document.querySelectorAll("details.pop[open]")) pop.open = false;
  });

  // The plan's sliders redraw the forecast while they move: one request at a time, the latest wins.
  const drivers = byId("drivers");
  const driverQuery = () => {
    const fields = new URLSearchParams(new FormData(drivers));
    for (const [name, value] of [...fields]) if (name.startsWith("x.") && Number(value) === 0) fields.delete(name);
    return fields.toString();
  };
  const put = (part, html) => { if (part && html !== undefined) part.innerHTML = html; };
  let drawing = false;
  let stale = false;
  let atRest = false;
  const redraw = async (event) => {
    stale = true;
    atRest = event.type === "change";
    if (drawing) return;
    drawing = true;
    const state = byId("redraw-state");
    while (stale) {
      stale = false;
      try {
        const response = await fetch(drivers.dataset.redraw + "?" + driverQuery() + (atRest ? "&rest=1" : ""));
        const parts = await response.json();
        if (!response.ok) throw new Error(parts.error);
        put(byId("plan-answer"), parts.answer);
        put(byId("plan-figures"), parts.figures);
        put(document.querySelector("[data-redrawn=years]"), parts.years);
        byId("imprint").textContent = parts.imprint;
        for (const picture of document.querySelectorAll("[data-drawing]")) put(picture, parts.drawings[picture.dataset.drawing]);
        for (const output of drivers.querySelectorAll("[data-slot]")) {
          const value = parts.values[output.dataset.slot] ?? output.dataset.still;
          if (value !== undefined) (output.querySelector("a") ?? output).textContent = value;
        }
        state.textContent = "";
      } catch (error) {
        state.textContent = state.dataset.failed + " " + error.message;
      }
    }
    drawing = false;
  };
  if (drivers) {
    for (const output of drivers.querySelectorAll("[data-slot]")) {
      if (Number(byId("x." + output.dataset.slot).value) === 0) output.dataset.still = output.textContent;
    }
    drivers.addEventListener("input", redraw);
    drivers.addEventListener("change", (event) => redraw(event));
    drivers.addEventListener("change", () => history.replaceState(null, "", drivers.action + "?" + driverQuery()));
  }
  // Heavy parts come after the first paint, one after the other.
  const fetchParts = async () => {
    for (const part of document.querySelectorAll("[data-fragment]")) {
      try {
        const response = await fetch(part.dataset.fragment);
        if (!response.ok) continue;
        part.closest(".block").outerHTML = await response.text();
      } catch { /* the link in the part leads to the same */ }
    }
  };
  fetchParts();
  for (const select of document.querySelectorAll(".filters select, .filters input[type=checkbox]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  draw();
  listen();
})();
