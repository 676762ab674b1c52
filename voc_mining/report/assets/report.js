// Charts, sorting, filtering and playing. Without it every page still reads: tables, links and details are plain HTML.
"use strict";

const folded = (text) => text.normalize("NFKC").toLowerCase();

function draw(plot) {
  const spec = JSON.parse(document.getElementById(`${plot.id}-spec`).textContent);
  Plotly.newPlot(plot, spec.data, spec.layout, { displayModeBar: false, responsive: true });
  plot.on("plotly_click", ({ points }) => {
    const id = points[0]?.customdata;
    if (id) location.href = plot.dataset.topic.replace("TOPIC", encodeURIComponent(id));
  });
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  heads.forEach((head, column) => head.querySelector("button")?.addEventListener("click", () => {
    const numeric = head.classList.contains("n");
    const down = head.ariaSort ? head.ariaSort !== "descending" : numeric;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const compare = (x, y) => (numeric ? Number(x) - Number(y) : x.localeCompare(y, "ja"));
    const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
    const known = rows.filter(([x]) => x !== "").sort(([x], [y]) => (down ? -1 : 1) * compare(x, y));
    table.tBodies[0].append(...known.concat(rows.filter(([x]) => x === "")).map(([, row]) => row));
  }));
}

function filterable(form) {
  const holder = document.getElementById(form.dataset.table ?? form.dataset.list);
  const entries = [...(holder.tBodies?.[0].rows ?? holder.children)];
  const texts = new Map();
  const text = (entry) => texts.get(entry) ?? texts.set(entry, folded(entry.textContent)).get(entry);
  const output = form.querySelector("output");
  const fits = (entry, field) => {
    if (field.type === "search") return folded(field.value).split(/\s+/).every((word) => text(entry).includes(word));
    if (field.type === "checkbox") return !field.checked || Number(entry.dataset[field.name]) > 0;
    return field.value === "" || entry.dataset[field.name] === field.value;
  };
  const apply = () => {
    const fields = [...form.elements].filter((field) => field.name);
    let shown = 0;
    for (const entry of entries) {
      entry.hidden = !fields.every((field) => fits(entry, field));
      shown += entry.hidden ? 0 : 1;
    }
    output.textContent = output.dataset.found.replace("[n]", shown.toLocaleString()).replace("[total]", entries.length.toLocaleString());
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pageshow", apply); // fields keep their values when one comes back
}

function chooser(select) { // shows one of the parts that its options name
  const apply = () => { for (const { value } of select.options) document.getElementById(value).hidden = value !== select.value; };
  select.addEventListener("input", apply);
  addEventListener("pageshow", apply);
}

function player(bar) {
  const sound = bar.querySelector("audio");
  const told = bar.querySelector("p");
  let playing = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.play");
    if (!link) return;
    event.preventDefault();
    playing?.removeAttribute("aria-current");
    playing = link;
    link.setAttribute("aria-current", "true");
    bar.hidden = false;
    const file = decodeURIComponent(link.getAttribute("href").split("#")[0].split("/").pop());
    const said = link.closest(".quote")?.querySelector(".said").textContent;
    told.textContent = [file, said].filter(Boolean).join(" – ");
    sound.src = link.href; // the second is part of the address: #t=72.4
    sound.play().catch(() => {}); // trouble is told by the error event
  });
  sound.addEventListener("error", () => {
    if (playing) told.textContent = `${bar.dataset.broken} ${decodeURIComponent(playing.getAttribute("href").split("#")[0])}`;
  });
  bar.querySelector("[data-back]").addEventListener("click", () => { sound.currentTime = Math.max(0, sound.currentTime - 5); });
  bar.querySelector("[data-close]").addEventListener("click", () => {
    sound.pause();
    bar.hidden = true;
    playing?.removeAttribute("aria-current");
    playing?.focus();
  });
}

document.querySelectorAll("table[data-sortable]").forEach(sortable);
document.querySelectorAll("form.filters").forEach(filterable);
document.querySelectorAll("select[data-views]").forEach(chooser);
player(document.getElementById("player"));
const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (target) for (let part = target; part; part = part.parentElement) if (part.localName === "details") part.open = true;
const reachable = () => document.querySelectorAll(".scroll").forEach((part) => { // by keyboard, where there is more to the right
  if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  else part.removeAttribute("tabindex");
});
addEventListener("resize", reachable);
reachable();
const plots = document.querySelectorAll(".plot");
const sized = (width) => () => globalThis.Plotly && plots.forEach((plot) => Plotly.relayout(plot, { width, autosize: !width }));
addEventListener("beforeprint", sized(640)); // a chart has the width of the screen, and would shrink everything else
addEventListener("afterprint", sized(null));
if (plots.length) addEventListener("load", () => { // the script is large: the page is read first
  const script = document.createElement("script");
  script.src = plots[0].dataset.script;
  script.addEventListener("load", () => plots.forEach(draw));
  document.head.append(script);
});
