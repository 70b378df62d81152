/* What every page needs at once: tabs, links and state of the figures, freshness, sortable tables.
   The chart runtime is loaded when a reader first touches a chart, or when the address asks for a view of one. */

const LIVE_AT_MOST = 8;

const assets = new URL(".", import.meta.url);
const figures = new Map();
const liveOnes = [];
let runtime = null;

function loadRuntime() {
  runtime ??= Promise.all([
    import(new URL("tandem-chart.js", assets).href),
    import(new URL("vendor/vega.js", assets).href),
  ]).then(([chart, vega]) => ({ ...chart, vegaEmbed: vega.vegaEmbed }));
  return runtime;
}

/* --- state in the address: ?<figure>.<control>=<value> ------------------------------------------------------------ */

function stateOf(id, address = location) {
  const state = {};
  for (const [key, value] of new URLSearchParams(address.search)) {
    const dot = key.lastIndexOf(".");
    if (key.slice(0, dot) === id) state[key.slice(dot + 1)] = value;
  }
  return state;
}

function addressWith(id, state, hash = location.hash, start = location.href) {
  const address = new URL(start);
  for (const key of [...address.searchParams.keys()]) {
    if (key.slice(0, key.lastIndexOf(".")) === id) address.searchParams.delete(key);
  }
  for (const [key, value] of Object.entries(state)) {
    if (value) address.searchParams.set(`${id}.${key}`, value);
  }
  address.hash = hash;
  return address;
}

/* --- citations, as in generator/citation.py; a test compares the two ---------------------------------------------------- */

const TEX = { "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}" };
const tex = (text) => text.replace(/[\\{}$&#^_~%]/g, (c) => TEX[c] ?? `\\${c}`);

function citations({ title, site, dated, latest, frozen, version }) {
  const [year, month, day] = dated.split("-").map(Number);
  const address = frozen || latest;
  const other = frozen && frozen !== latest;
  const words = `${site}-${dated}-${title}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  const key = words.slice(0, 64).replace(/-+$/, "");
  const fields = [
    ["title", `{${tex(title)}}`],
    ["author", `{${tex(site)}}`],
    ["year", year],
    ["month", month],
    ["howpublished", tex(site)],
    ["note", tex(`Data through ${dated}, version ${version}`)],
    ["url", address.replace(/[{}\\ ]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)],
  ];
  const item = {
    id: key,
    type: "webpage",
    title,
    author: [{ literal: site }],
    "container-title": site,
    issued: { "date-parts": [[year, month, day]] },
    URL: address,
    version,
  };
  if (other) item.note = `Newest version: ${latest}`;
  const newest = other ? ` Newest version: ${latest}` : "";
  return [
    ["In the text", `(${site}, ${year})`],
    ["In full", `${site} (${year}). ${title}. Data through ${dated}. Version ${version}. ${address}${newest}`],
    ["BibTeX", `@misc{${key},\n${fields.map(([name, value]) => `  ${name} = {${value}}`).join(",\n")}\n}`],
    ["CSL-JSON", JSON.stringify([item], null, 1)],
  ];
}

/* "25-50": a part of a sorted curve, percent of the order. */
function partOf(text) {
  const found = /^(\d{1,3})-(\d{1,3})$/.exec(text ?? "");
  const [from, to] = found ? [Number(found[1]), Number(found[2])] : [0, 100];
  return from < to && to <= 100 ? [from, to] : [0, 100];
}

/* --- one figure ----------------------------------------------------------------------------------------------------- */

class Figure {
  constructor(element) {
    this.element = element;
    this.id = element.dataset.figure;
    this.base = new URL(element.dataset.base, location.href);
    this.stage = element.querySelector(".tandem-stage");
    this.live = null;
    this.waiting = null;
    this.state = {};
    this.stop = new AbortController();
    const on = (target, type, listener) => target.addEventListener(type, listener, { signal: this.stop.signal });
    for (const type of ["pointerenter", "pointerdown", "focusin"]) on(this.stage, type, () => this.hydrate());
    on(element, "click", (event) => this.clicked(event));
    on(element.querySelector(".tandem-tabs"), "keydown", (event) => this.tabKey(event));
    this.adopt(stateOf(this.id));
  }

  /* Show the view that a state describes. */
  adopt(state) {
    const known = {
      range: state.range ?? "",
      hide: state.hide ?? "",
      case: state.case ?? "",
      part: state.part ?? "",
      day: /^\d{4}-\d{2}-\d{2}$/.test(state.day ?? "") ? state.day : "",
      view: state.view === "table" ? "table" : "",
    };
    const changed = ["range", "hide", "case", "day"].some((part) => known[part] !== (this.state[part] ?? ""));
    const moved = known.part !== (this.state.part ?? "");
    this.state = known;
    this.element.classList.toggle("is-table", known.view === "table");
    this.element.querySelector(".tandem-data details").open = known.view === "table";
    for (const tab of this.element.querySelectorAll("[role=tab]")) {
      const selected = (tab.dataset.view === "table") === (known.view === "table");
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
    }
    const ranges = [...this.element.querySelectorAll("[data-range]")];
    const chosen = ranges.find((button) => button.dataset.range === known.range) ?? ranges.at(-1);
    for (const button of ranges) button.setAttribute("aria-pressed", String(button === chosen));
    this.setSliders();
    if (this.live && changed) this.live.show(this.view());
    else if (this.live && moved) this.movePart(this.view().part);
    else if (!this.live && (known.range || known.hide || known.case || known.part || known.day)) this.hydrate();
  }

  view() {
    return {
      range: this.state.range,
      case: this.state.case,
      hidden: this.state.hide ? this.state.hide.split(" ") : [],
      part: partOf(this.state.part),
      day: this.state.day,
    };
  }

  /* The form with which a part of this figure's curve is chosen by keyboard, if the page has one. */
  get sliders() {
    return document.querySelector(`[data-part="${this.id}"]`);
  }

  setSliders() {
    const [from, to] = partOf(this.state.part);
    const form = this.sliders;
    if (form) [form.elements.from.value, form.elements.to.value] = [from, to];
  }

  movePart(part) {
    if (this.live?.view) this.live.view.part = part;
    this.live?.showPart(part);
  }

  /* The day whose data are shown, in the form that chooses it and in the table that goes with it. */
  showDay(day, days, cells) {
    this.days = days;
    this.day = day;
    const form = document.querySelector(`[data-day="${this.id}"]`);
    if (form) {
      form.elements.day.value = day;
      form.elements.earlier.disabled = day === days[0];
      form.elements.later.disabled = day === days.at(-1);
    }
    const table = document.querySelector(`[data-day-table="${this.id}"]`);
    if (!table) return;
    table.caption.querySelector("span").textContent = day;
    table.tBodies[0].replaceChildren(
      ...cells.map((texts) => {
        const row = document.createElement("tr");
        row.append(...texts.map((text, i) => Object.assign(document.createElement(i ? "td" : "th"), { textContent: text })));
        row.cells[0].scope = "row";
        return row;
      }),
    );
  }

  say(words) {
    const place = this.sliders?.querySelector("output");
    if (place) place.textContent = words;
  }

  change(part) {
    const state = { ...this.state, ...part };
    if (state.range === "all") state.range = "";
    if (state.part === "0-100") state.part = "";
    history.pushState(null, "", addressWith(this.id, state));
    this.adopt(state);
  }

  clicked(event) {
    const target = event.target.closest("button, a");
    if (!target || !this.element.contains(target)) return;
    if (target.dataset.view) this.change({ view: target.dataset.view === "table" ? "table" : "" });
    else if (target.dataset.range) this.change({ range: target.dataset.range });
    else if (target.dataset.series) this.toggle(target.dataset.series);
    else if (target.dataset.action) {
      event.preventDefault();
      event.stopPropagation();
      this[target.dataset.action](target);
    }
  }

  toggle(series) {
    const hidden = new Set(this.view().hidden);
    if (!hidden.delete(series)) hidden.add(series);
    this.change({ hide: [...hidden].sort().join(" ") });
  }

  tabKey(event) {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    const other = this.element.querySelector('[role=tab][aria-selected="false"]');
    event.preventDefault();
    this.change({ view: other.dataset.view === "table" ? "table" : "" });
    other.focus();
  }

  link() {
    const address = addressWith(this.id, this.state, this.id).href;
    history.replaceState(history.state, "", address);
    this.offer("Link to this chart as it is shown now", [["Link", address]]);
  }

  cite() {
    const { frozen, latest, title, dated, code, sha256 } = this.element.dataset;
    const here = addressWith(this.id, this.state, this.id).href;
    const sample = document.querySelector('[data-kind="sample"]') ? " (simulated sample data)" : "";
    const newest = latest ? new URL(latest, location.href).href : here;
    const kept = frozen ? new URL(frozen, location.href).href : latest ? here : "";
    const site = document.querySelector("meta[name=application-name]")?.content ?? "Tandem";
    const version = `${code}, data ${sha256.slice(0, 12)}`;
    this.offer("Citation", citations({ title: title + sample, site, dated, latest: newest, frozen: kept, version }));
  }

  embed() {
    const { embed, frozenEmbed, dated } = this.element.dataset;
    const forms = [];
    if (embed) forms.push(["Follows the newest data", this.frame(embed)]);
    if (frozenEmbed) forms.push([`Frozen at ${dated}`, this.frame(frozenEmbed)]);
    this.offer("Code for your page; the script in it is optional and keeps the height right", forms);
  }

  /* The code of a frame with this chart in its present state. */
  frame(address) {
    const page = new URL(address, location.href);
    for (const [key, value] of Object.entries(this.state)) if (value) page.searchParams.set(`${this.id}.${key}`, value);
    const frame = document.createElement("iframe");
    frame.src = page.href;
    frame.title = this.element.dataset.title;
    frame.loading = "lazy";
    frame.setAttribute("style", "width:100%;border:0");
    frame.height = String(Math.ceil(this.element.getBoundingClientRect().height) + 24);
    const resize =
      "<script>addEventListener('message',function(e){if(e.data&&e.data.tandem){document.querySelectorAll('iframe')" +
      ".forEach(function(f){if(f.contentWindow===e.source)f.height=e.data.tandem.height})}})</" +
      "script>";
    return frame.outerHTML + resize;
  }

  /* A panel with text to copy, in one or more forms. The text can be read even where the clipboard is closed. */
  offer(label, forms) {
    this.element.querySelector(".tandem-panel")?.remove();
    const panel = document.createElement("div");
    panel.className = "tandem-panel";
    const area = Object.assign(document.createElement("textarea"), { readOnly: true });
    area.setAttribute("aria-label", label);
    const copy = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    const choices = document.createElement("div");
    choices.className = "tandem-forms";
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", label);
    const show = (chosen) => {
      area.value = forms[chosen][1];
      area.rows = Math.min(14, area.value.split("\n").reduce((n, line) => n + Math.ceil((line.length + 1) / 72), 0));
      said.textContent = "";
      [...choices.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === chosen)));
    };
    forms.forEach(([name], i) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.addEventListener("click", () => show(i));
      choices.append(button);
    });
    const note = Object.assign(document.createElement("p"), { textContent: label });
    panel.append(note);
    if (forms.length > 1) panel.append(choices);
    panel.append(area, copy, close, said);
    show(0);
    copy.addEventListener("click", async () => {
      area.select();
      try {
        await navigator.clipboard.writeText(area.value);
        said.textContent = "Copied";
      } catch {
        said.textContent = "Selected; copy it with your keyboard";
      }
    });
    close.addEventListener("click", () => {
      panel.remove();
      this.stage.focus();
    });
    panel.addEventListener("keydown", (event) => event.key === "Escape" && close.click());
    this.element.querySelector(".tandem-actions").after(panel);
    area.focus();
    area.select();
  }

  hydrate() {
    this.waiting ??= this.draw().catch((error) => {
      // The static picture stays; the next touch tries again.
      console.warn(`figure ${this.id} stays static: ${error.message}`);
      this.waiting = null;
    });
    return this.waiting;
  }

  async draw() {
    const { LiveChart, vegaEmbed } = await loadRuntime();
    if (!this.element.isConnected) return;
    this.live = new LiveChart(this, vegaEmbed);
    await this.live.show(this.view());
    liveOnes.push(this);
    while (liveOnes.length > LIVE_AT_MOST) liveOnes[0].rest();
  }

  /* Back to the static picture. */
  rest() {
    this.live?.end();
    this.live = null;
    this.waiting = null;
    const place = liveOnes.indexOf(this);
    if (place >= 0) liveOnes.splice(place, 1);
  }

  end() {
    this.rest();
    this.stop.abort();
  }
}

/* --- controls that choose the case several figures show ---------------------------------------------------------------- */

function figuresOf(form) {
  const ids = form.dataset.choices.split(" ");
  return [...figures.values()].filter((figure) => ids.includes(figure.id) && figure.element.isConnected);
}

function showChosen(form) {
  const chosen = (figuresOf(form)[0]?.state.case || form.dataset.case).split("_");
  form.querySelectorAll("fieldset").forEach((group, i) => {
    for (const input of group.querySelectorAll("input")) input.checked = input.value === chosen[i];
  });
}

function bindChoices(form) {
  showChosen(form);
  if (form.dataset.ready) return;
  form.dataset.ready = "true";
  form.addEventListener("change", () => {
    const value = [...form.querySelectorAll("input:checked")].map((input) => input.value).join("_");
    const chosen = value === form.dataset.case ? "" : value;
    const states = figuresOf(form).map((figure) => [figure, { ...figure.state, case: chosen }]);
    let address = location.href;
    for (const [figure, state] of states) address = addressWith(figure.id, state, location.hash, address).href;
    history.pushState(null, "", address);
    for (const [figure, state] of states) figure.adopt(state);
  });
}

/* --- sliders for a part of a sorted curve; dragging over the picture does the same ---------------------------------------- */

function bindPart(form) {
  const figure = [...figures.values()].find((one) => one.id === form.dataset.part && one.element.isConnected);
  figure?.setSliders();
  if (form.dataset.ready) return;
  form.dataset.ready = "true";
  const own = () => [...figures.values()].find((one) => one.id === form.dataset.part && one.element.isConnected);
  const { from, to } = form.elements;
  const part = (moved) => {
    if (Number(from.value) >= Number(to.value)) {
      if (moved === from) from.value = Math.max(Number(to.value) - 1, 0);
      else to.value = Math.min(Number(from.value) + 1, 100);
    }
    return [Number(from.value), Number(to.value)];
  };
  form.addEventListener("input", async (event) => {
    const chosen = part(event.target);
    await own()?.hydrate();
    own()?.live?.showPart(chosen);
  });
  form.addEventListener("change", (event) => own()?.change({ part: part(event.target).join("-") }));
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    own()?.change({ part: "" });
  });
}

/* --- a form that chooses the day a figure shows ----------------------------------------------------------------------------- */

function bindDay(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "true";
  const own = () => [...figures.values()].find((one) => one.id === form.dataset.day && one.element.isConnected);
  const go = (day) => day && own()?.change({ day: day === own().days?.at(-1) ? "" : day });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.day.addEventListener("change", () => go(form.elements.day.value));
  for (const [name, step] of [["earlier", -1], ["later", 1]]) {
    form.elements[name].addEventListener("click", async () => {
      await own()?.hydrate();
      const { days, day } = own() ?? {};
      if (days) go(days[days.indexOf(day) + step]);
    });
  }
}

/* --- freshness ------------------------------------------------------------------------------------------------------ */

function markOverdue() {
  for (const element of document.querySelectorAll("[data-next-update]")) {
    const due = Date.parse(element.dataset.nextUpdate);
    if (!(Date.now() > due)) continue;
    element.classList.add("is-overdue");
    const note = element.querySelector(".tandem-status__due");
    if (note) note.textContent = "overdue since"; // as long as what stood there, so that nothing moves
  }
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

const FILTER_FROM = 15;

function sortKey(cell) {
  const text = (cell?.dataset.sort ?? cell?.textContent ?? "").trim();
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return [0, Date.parse(text.slice(0, 10)), text];
  const number = Number.parseFloat(text.replace("\u2212", "-").replace(/[,\u202f\u00a0]/g, ""));
  return Number.isFinite(number) && /^[\u2212+\-<>]?\s*\d/.test(text) ? [0, number, text] : [text ? 1 : 2, 0, text];
}

function compareKeys(a, b) {
  return a[0] - b[0] || a[1] - b[1] || a[2].localeCompare(b[2], "en");
}

function makeSortable(table) {
  if (table.dataset.ready) return;
  table.dataset.ready = "true";
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [sortKey(row.cells[column]), row]);
      rows.sort(([a], [b]) => (descending ? compareKeys(b, a) : compareKeys(a, b)));
      body.append(...rows.map(([, row]) => row));
    });
  });
  if (body.rows.length >= FILTER_FROM) addFilter(table, body);
}

function addFilter(table, body) {
  const input = Object.assign(document.createElement("input"), { type: "search", placeholder: "Filter rows" });
  input.className = "tandem-filter";
  input.setAttribute("aria-label", "Filter the rows of this table");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
  (table.closest(".table-scroll") ?? table).before(input);
}

/* --- embedding ------------------------------------------------------------------------------------------------------- */

function reportHeight() {
  const frame = document.querySelector(".tandem-embed");
  if (!frame || window.parent === window) return;
  const tell = () => parent.postMessage({ tandem: { height: Math.ceil(frame.getBoundingClientRect().height) } }, "*");
  new ResizeObserver(tell).observe(frame);
}

/* --- links to numbers and rows ----------------------------------------------------------------------------------------- */

function addCopyLink(place) {
  if (place.dataset.copy) return;
  place.dataset.copy = "true";
  const cell = place.matches("tr") ? place.cells[0] : null;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "copy-link" });
  button.textContent = "#";
  button.setAttribute("aria-label", `Copy the link to ${place.dataset.number ?? (cell?.textContent.trim() || place.id)}`);
  button.addEventListener("click", async () => {
    const address = new URL(`#${place.id}`, location.href);
    history.replaceState(history.state, "", address);
    try {
      await navigator.clipboard.writeText(address.href);
      button.textContent = "copied";
    } catch {
      button.textContent = "in the address bar";
    }
    setTimeout(() => (button.textContent = "#"), 2000);
  });
  const how = place.nextElementSibling;
  if (cell) cell.append(button);
  else (how?.matches(".number__how") ? how : place).after(button);
}

/* --- an address that does not exist: those that look like it ------------------------------------------------------------ */

async function suggest() {
  const place = document.querySelector("[data-suggest]");
  if (!place) return;
  const parts = (path) => new Set(path.toLowerCase().split(/[^a-z0-9]+/).filter((part) => part.length > 2));
  const asked = parts(location.pathname);
  const reply = await fetch(new URL("../sitemap.xml", assets));
  const paths = [...(await reply.text()).matchAll(/<loc>([^<]+)<\/loc>/g)].map((found) => new URL(found[1]).pathname);
  const alike = (path) => {
    const own = parts(path);
    return [...own].filter((part) => asked.has(part)).length / Math.sqrt(own.size * asked.size || 1);
  };
  const best = paths.map((path) => [alike(path), path]).filter(([score]) => score > 0.3);
  best.sort(([a, one], [b, other]) => b - a || one.localeCompare(other));
  for (const [, path] of best.slice(0, 3)) {
    const link = Object.assign(document.createElement("a"), { href: path, textContent: path });
    const item = document.createElement("li");
    item.append(link);
    place.querySelector("ul").append(item);
  }
  place.hidden = best.length === 0;
}

/* --- pages come and go under instant navigation ------------------------------------------------------------------------ */

function mount() {
  for (const [element, figure] of figures) {
    if (element.isConnected) continue;
    figure.end();
    figures.delete(element);
  }
  for (const element of document.querySelectorAll(".tandem-figure")) {
    if (!figures.has(element)) figures.set(element, new Figure(element));
  }
  document.querySelectorAll("[data-choices]").forEach(bindChoices);
  document.querySelectorAll("[data-part]").forEach(bindPart);
  document.querySelectorAll("[data-day]").forEach(bindDay);
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("span.number[id], .md-content tbody tr[id]").forEach(addCopyLink);
  markOverdue();
}

window.addEventListener("popstate", () => {
  for (const [element, figure] of figures) if (element.isConnected) figure.adopt(stateOf(figure.id));
  document.querySelectorAll("[data-choices]").forEach(showChosen);
});
setInterval(markOverdue, 60_000);

// For the browser tests: what is on the page and what is alive.
window.tandem = { figures, liveOnes, citations };

reportHeight();
suggest().catch(() => {}); // the list of sections is there in any case
mount();
window.document$?.subscribe(mount);
