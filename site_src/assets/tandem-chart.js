/* A live chart: loaded on first touch. The plot is drawn by Vega from the spec and the datasets beside the static
   picture; title, key and source line are the same words as in the picture, as text. */

const DAY = 86_400_000;
const MONTHS = { "3m": 3, "1y": 12, "3y": 36, "5y": 60 };
const NARROW_BELOW = 560;
const REACH = 28;
const LEAST_PART = 2;

/* --- datasets -------------------------------------------------------------------------------------------------------- */

const fetched = new Map();

function fetchJson(address) {
  if (!fetched.has(address)) {
    const reply = fetch(address).then((response) => {
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      return response.json();
    });
    reply.catch(() => fetched.delete(address));
    fetched.set(address, reply);
    if (fetched.size > 40) fetched.delete(fetched.keys().next().value);
  }
  return fetched.get(address);
}

function decodeColumn(column) {
  if (column.kind === "text") return column.values.map((value) => (value === null ? null : column.levels[value]));
  const scale = column.kind === "number" ? 10 ** column.stored : 1 / DAY;
  let total = 0;
  return column.values.map((delta) => (delta === null ? null : (total += delta) / scale));
}

export function decode(body) {
  const names = Object.keys(body.columns);
  const columns = names.map((name) => decodeColumn(body.columns[name]));
  return Array.from({ length: body.rows }, (_, i) => Object.fromEntries(names.map((name, j) => [name, columns[j][i]])));
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });

export function formatted(value, column) {
  if (value === null || value === undefined) return "–";
  if (column.kind === "date") return dayFormat.format(value);
  if (column.kind === "text") return String(value);
  const text = Math.abs(value).toFixed(column.decimals);
  const zero = Number(text) === 0;
  const sign = zero ? "" : value < 0 ? "\u2212" : column.signed ? "+" : "";
  return sign + text + column.unit;
}

/* --- colours: a variable's name holds its value in both schemes -------------------------------------------------------- */

const declared = new Set();
let sheet = null;

function declareColours(text) {
  for (const [name, light, dark] of text.matchAll(/--tandem-([0-9a-f]{6})-([0-9a-f]{6})/g)) {
    if (declared.has(name)) continue;
    declared.add(name);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      document.adoptedStyleSheets.push(sheet);
    }
    sheet.insertRule(`:root, [data-md-color-scheme="default"] { ${name}: #${light}; }`, sheet.cssRules.length);
    sheet.insertRule(`[data-md-color-scheme="slate"] { ${name}: #${dark}; }`, sheet.cssRules.length);
  }
}

/* --- ranges of numbers, as in generator/charts/layers.py --------------------------------------------------------------- */

function fitted(values, meta) {
  let low = Math.min(...values, ...meta.include_y);
  let high = Math.max(...values, ...meta.include_y);
  if (!Number.isFinite(low)) return null;
  if (meta.log_y) return [low / 1.08, high * 1.08];
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const raw = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((m) => raw <= power * m * 1.0000001);
  const round = (value) => Number(value.toFixed(10));
  return [round(Math.floor(low / step) * step), round(Math.ceil(high / step) * step)];
}

function spread(positions, gap, low, high) {
  const order = positions.map((_, i) => i).sort((i, j) => positions[i] - positions[j]);
  let placed = order.map((i) => Math.min(Math.max(positions[i], low), high));
  for (let round = 0; round < 60; round += 1) {
    for (let j = 1; j < placed.length; j += 1) {
      const short = gap - (placed[j] - placed[j - 1]);
      if (short > 0) {
        placed[j - 1] -= short / 2;
        placed[j] += short / 2;
      }
    }
    placed = placed.map((p, k) => Math.min(Math.max(p, low + k * gap), high - (placed.length - 1 - k) * gap));
  }
  const result = [];
  order.forEach((i, k) => (result[i] = placed[k]));
  return result;
}

/* --- small parts of a page --------------------------------------------------------------------------------------------- */

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function sample(entry) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const wide = entry.shape === "line" || entry.shape === "band";
  svg.setAttribute("width", wide ? 24 : 10);
  svg.setAttribute("height", 12);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "path");
  const shapes = {
    line: "M0,6h24",
    band: "M0,1h24v10h-24z",
    square: "M0,1h10v10h-10z",
    "triangle-down": "M0,3h8l-4,7z",
    "triangle-up": "M0,10h8l-4,-7z",
    circle: "M0,6a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z",
  };
  path.setAttribute("d", shapes[entry.shape] ?? shapes.circle);
  if (entry.shape === "line") {
    path.setAttribute("stroke", entry.color);
    path.setAttribute("stroke-width", 2.5);
    if (entry.dash.length) path.setAttribute("stroke-dasharray", entry.dash.join(","));
  } else path.setAttribute("fill", entry.color);
  if (entry.shape === "band") path.setAttribute("opacity", 0.25);
  svg.append(path);
  return svg;
}

/* A spec that draws one case of several reads columns that end in the case; another case is another ending. */
function withCase(template, chosen) {
  const { case: own, cases } = template.usermeta.tandem;
  if (!chosen || !cases || !Object.hasOwn(cases, chosen)) return template;
  const spec = JSON.parse(JSON.stringify(template).replaceAll(`_${own}"`, `_${chosen}"`));
  Object.assign(spec.usermeta.tandem, cases[chosen]);
  return spec;
}

/* --- the chart ----------------------------------------------------------------------------------------------------------- */

export class LiveChart {
  constructor(figure, vegaEmbed) {
    this.figure = figure;
    this.vegaEmbed = vegaEmbed;
    this.stage = figure.stage;
    this.result = null;
    this.root = null;
    this.turn = 0;
    this.width = 0;
    this.resized = new ResizeObserver(() => this.reconsider());
    this.stop = new AbortController();
    const on = (type, listener) => this.stage.addEventListener(type, listener, { signal: this.stop.signal });
    on("pointermove", (event) => this.point(event));
    on("pointerdown", (event) => this.point(event));
    on("pointerdown", (event) => this.beginPart(event));
    on("pointerup", (event) => this.endPart(event));
    on("pointercancel", () => this.dropPart());
    on("pointerleave", () => this.hush());
    on("keydown", (event) => this.key(event));
    on("focusout", () => this.hush());
  }

  reconsider() {
    const width = Math.floor(this.stage.clientWidth);
    if (!width || Math.abs(width - this.width) < 2) return;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.root && this.show(this.view), 120);
  }

  /* Draw off to the side, then swap, so that nothing jumps. A newer call overtakes an older one. */
  async show(view) {
    this.view = view;
    const turn = (this.turn += 1);
    const width = Math.floor(this.stage.clientWidth) || 720;
    const layout = width < NARROW_BELOW ? "narrow" : "wide";
    const { id, base } = this.figure;
    const template = withCase(await fetchJson(new URL(`${id}.${layout}.json`, base).href), view.case);
    const names = [...new Set(JSON.stringify(template).match(/"data":\{"name":"([a-z0-9-]+)"\}/g) ?? [])];
    const own = template.usermeta.tandem.marks ?? {};
    const sets = names.map((text) => JSON.parse(`{${text}}`).data.name).filter((name) => !(name in own));
    if (template.usermeta.tandem.pick) sets.push(template.usermeta.tandem.pick.table);
    const bodies = await Promise.all(sets.map((name) => fetchJson(new URL(`${name}.json`, base).href)));
    if (turn !== this.turn) return;
    const spec = structuredClone(template);
    const meta = spec.usermeta.tandem;
    declareColours(JSON.stringify(spec));
    const rows = Object.fromEntries(sets.map((name, i) => [name, decode(bodies[i])]));
    const columns = Object.fromEntries(sets.map((name, i) => [name, bodies[i].columns]));
    this.pick(rows, columns, meta, view);
    const shown = this.cut(rows, meta, view);
    this.fit(spec, meta, shown, view, width);
    spec.datasets = { ...shown, ...meta.marks };
    const { root, plot } = this.frame(meta, view, layout);
    this.stage.append(root);
    this.keepHeight(spec, meta, root, plot);
    this.placeLabels(spec, meta);
    const result = await this.vegaEmbed(plot, spec, {
      actions: false,
      ast: true,
      defaultStyle: false,
      mode: "vega-lite",
      renderer: "svg",
      tooltip: false,
    });
    const total = meta.plot;
    if (spec.hconcat || spec.vconcat) {
      const { padding } = spec;
      result.view.width(width - padding.left - padding.right).height(total.height - padding.top - padding.bottom);
      await result.view.runAsync();
    }
    if (turn !== this.turn || !this.stage.isConnected) {
      result.finalize();
      root.remove();
      return;
    }
    this.clear();
    Object.assign(this, { result, root, plot, meta, spec, width, columns, rows: shown });
    const svg = plot.querySelector("svg");
    for (const part of svg.querySelectorAll("[role]")) part.removeAttribute("role"); // the picture has one name
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", this.stage.querySelector("img").alt);
    root.style.cssText = "";
    root.dataset.ready = "true";
    this.stage.classList.add("is-live");
    this.stage.classList.toggle("has-part", Boolean(meta.brush));
    this.drag = null;
    this.showPart(this.view.part);
    this.places = null;
    this.at = null;
    this.resized.observe(this.stage);
  }

  clear() {
    this.result?.finalize();
    this.root?.remove();
  }

  end() {
    this.turn += 1;
    clearTimeout(this.later);
    this.resized.disconnect();
    this.stop.abort();
    this.clear();
    this.stage.classList.remove("is-live", "has-part");
  }

  /* Of datasets that hold many days, the rows of the day chosen: the last one on or before it. */
  pick(rows, columns, meta, view) {
    if (!meta.pick) return;
    const { data, field, table, title, step } = meta.pick;
    const days = [...new Set(rows[data].map((row) => row[field]))];
    const wanted = Date.parse(view.day);
    const day = (Number.isNaN(wanted) ? days : days.filter((one) => one <= wanted)).at(-1) ?? days[0];
    for (const name of [data, table]) rows[name] = rows[name].filter((row) => row[field] === day);
    if (day !== days.at(-1)) meta.title = title.replace("{day}", dayFormat.format(day));
    const text = (value, name) => formatted(value, columns[table][name]);
    const likely = (size, chance) => (chance > 0 ? `${text(size, "low")}: ${text(chance, "low_chance")}` : "none");
    const iso = (time) => new Date(time).toISOString().slice(0, 10);
    const cells = rows[table].map(({ meeting, change, low, low_chance: chance }) => [
      iso(meeting),
      ...(change === null
        ? ["not known", "none", "none"]
        : [text(change, "change"), likely(low, chance), likely(low + step, 100 - chance)]),
    ]);
    this.figure.showDay(iso(day), days.map(iso), cells);
  }

  /* Rows inside the chosen range, ending where the data end. */
  cut(rows, meta, view) {
    const main = rows[meta.readout.data];
    if (!meta.x || !main?.length || !meta.ranges) return rows;
    const last = main.at(-1)[meta.x];
    let from = main[0][meta.x];
    if (MONTHS[view.range]) {
      const start = new Date(last);
      start.setUTCMonth(start.getUTCMonth() - MONTHS[view.range]);
      from = Math.max(from, start.getTime());
    }
    const result = {};
    for (const [name, every] of Object.entries(rows)) {
      const x = name === meta.readout.data ? meta.x : "date";
      result[name] = every.filter((row) => row[x] >= from && row[x] <= last && row.decision !== "hold");
    }
    return result;
  }

  /* Sizes for the column the chart stands in, ends of the axes for the rows it shows. */
  fit(spec, meta, rows, view, width) {
    const { left, right } = spec.padding;
    const inner = width - left - right;
    if (spec.hconcat) {
      const many = spec.hconcat.length;
      for (const child of spec.hconcat) child.width = Math.floor((inner - spec.spacing * (many - 1)) / many);
    } else if (spec.vconcat) for (const child of spec.vconcat) child.width = inner;
    else spec.width = inner;
    if (!spec.layer || meta.readout.kind !== "x" || !(meta.ranges || meta.pick)) return;
    /* Marks of a dataset without a row in the range, such as decisions or breaks, have nothing to place. */
    spec.layer = spec.layer.filter(({ data }) => data?.name === meta.readout.data || rows[data?.name]?.length !== 0);
    const series = meta.readout.series.filter((line) => !view.hidden.includes(line.field));
    const gone = meta.readout.series.filter((line) => view.hidden.includes(line.field));
    const names = new Set(gone.flatMap((line) => [`line_${line.field}`, `band_${line.field}`]));
    meta.readout.series.forEach((line, i) => gone.includes(line) && names.add(`wide_label_${i}`));
    spec.layer = spec.layer.filter((layer) => !names.has(layer.name));
    const main = rows[meta.readout.data];
    if (!main.length) return;
    const fields = series.flatMap((line) => [line.field, line.lower, line.upper]).filter(Boolean);
    const values = fields.flatMap((field) => main.map((row) => row[field])).filter((value) => value !== null);
    const span = [main[0][meta.x], main.at(-1)[meta.x]];
    const domain = meta.fixed_y ? null : fitted(values, meta);
    for (const layer of spec.layer) {
      const { y } = layer.encoding;
      if (domain && y?.scale) y.scale.domain = domain;
    }
    const claim = meta.marks["mark-claim"]?.[0].x;
    if (claim < span[0]) spec.layer = spec.layer.filter((layer) => !layer.name?.startsWith("claim_"));
    const label = spec.layer.find((layer) => layer.name === "claim_label");
    const late = claim > (span[0] + span[1]) / 2;
    if (label) Object.assign(label.mark, { align: late ? "right" : "left", dx: late ? -5 : 5 });
  }

  placeLabels(spec, meta) {
    const labels = (spec.layer ?? []).filter((layer) => layer.name?.startsWith("wide_label_"));
    const domain = labels.length && spec.layer.find((layer) => layer.name?.startsWith("line_"))?.encoding.y.scale.domain;
    if (!domain) return;
    const turn = meta.log_y ? Math.log : (value) => value;
    const [low, high] = domain.map(turn);
    const at = labels.map((layer) => (spec.height * (high - turn(meta.marks[layer.data.name][0].y))) / (high - low));
    const placed = spread(at, 13 * 1.25, 0, spec.height);
    labels.forEach((layer, i) => (layer.mark.dy = placed[i] - at[i]));
  }

  /* The words around the plot, and an empty place for it. */
  frame(meta, view, layout) {
    const root = make("div", `tandem-live tandem-live--${layout}`);
    root.style.cssText = "position:absolute;visibility:hidden;left:0;right:0";
    root.append(make("p", "tandem-live__title", meta.title), make("p", "tandem-live__subtitle", meta.subtitle));
    const key = make("ul", "tandem-key");
    const lines = meta.ranges ? meta.readout.series : [];
    const entries = lines.length > 1 ? this.allEntries(meta, lines) : meta.key;
    for (const entry of entries) {
      const item = make("li");
      if (entry.field) {
        const button = make("button");
        button.type = "button";
        button.dataset.series = entry.field;
        button.setAttribute("aria-pressed", String(!view.hidden.includes(entry.field)));
        button.title = "Show or hide";
        button.append(sample(entry), make("span", "", entry.label));
        item.append(button);
      } else item.append(sample(entry), make("span", "", entry.label));
      key.append(item);
    }
    if (key.children.length) root.append(key);
    const plot = make("div", "tandem-plot");
    plot.style.height = `${meta.plot.height}px`;
    plot.style.marginTop = "4px";
    const readout = make("div", "tandem-readout");
    readout.hidden = true;
    const cursor = make("div", "tandem-cursor");
    cursor.hidden = true;
    const said = make("p", "tandem-quiet");
    said.setAttribute("aria-live", "polite");
    const area = make("div");
    area.style.position = "relative";
    area.append(plot, cursor, readout, said);
    root.parts = { readout, cursor, said };
    root.append(area, make("p", "tandem-live__source", meta.source));
    return { root, plot };
  }

  /* The live chart is as high as the picture it replaces: the plot gives or takes what the words around it differ. */
  keepHeight(spec, meta, root, plot) {
    if (this.figure.layout !== meta.layout) {
      this.figure.layout = meta.layout;
      const picture = this.stage.classList.contains("is-live") ? 0 : this.stage.getBoundingClientRect().height;
      this.figure.height = picture;
    }
    if (!this.figure.height) return;
    const more = Math.round(this.figure.height - root.getBoundingClientRect().height);
    const plots = spec.hconcat ?? spec.vconcat?.slice(0, 1) ?? [spec];
    if (plots.some((view) => view.height + more < 40)) return;
    for (const view of plots) view.height += more;
    meta.plot.height += more;
    plot.style.height = `${meta.plot.height}px`;
  }

  allEntries(meta, lines) {
    return [...lines.map((line) => ({ ...line, shape: "line" })), ...meta.key.filter((entry) => entry.shape !== "line")];
  }

  /* --- what a reader points at --------------------------------------------------------------------------------------- */

  point(event) {
    if (!this.root || !this.stage.classList.contains("is-live")) return;
    const box = this.plot.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (this.drag !== null) this.showPart(this.dragged(event));
    else if (x < 0 || y < 0 || x > box.width || y > box.height) this.hush();
    else this.tell(this.nearest(x, y), false);
  }

  key(event) {
    if (!this.root || event.target !== this.stage) return;
    if (event.key === "Escape") return this.hush();
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const places = this.allPlaces();
    if (!places.length) return;
    const start = this.at === null ? (steps[event.key] > 0 ? -1 : places.length) : this.at;
    const next = Math.min(Math.max(start + steps[event.key], 0), places.length - 1);
    this.tell(places[next], true);
  }

  /* Every point of the chart that can be read out, in reading order, in px inside the plot's box. */
  allPlaces() {
    this.places ??= this.panels().flatMap((panel) => (panel.kind === "x" ? this.xPlaces(panel) : this.markPlaces(panel)));
    this.places.forEach((place, i) => (place.index = i));
    return this.places;
  }

  panels() {
    const { readout } = this.meta;
    return readout.kind === "panels" ? readout.panels.map((panel, i) => ({ ...panel, child: i })) : [readout];
  }

  xPlaces(panel) {
    const prefix = panel.child === undefined ? "" : `concat_${panel.child}_`;
    const scale = this.result.view.scale(`${prefix}x`) ?? this.result.view.scale("x");
    const [offset, top, height] = this.childBox(panel.child);
    const ends = scale.range();
    return this.rows[panel.data]
      .filter((row) => panel.series.some((line) => row[line.field] !== null))
      .map((row) => ({ panel, row, x: offset + scale(row[panel.x]), top, height, ends: ends.map((e) => e + offset) }));
  }

  childBox(child) {
    const { padding } = this.spec;
    if (child === undefined) return [padding.left, padding.top, this.spec.height];
    if (this.spec.hconcat) {
      const before = this.spec.hconcat.slice(0, child).reduce((sum, c) => sum + c.width + this.spec.spacing, 0);
      return [padding.left + before, padding.top, this.spec.hconcat[child].height];
    }
    const before = this.spec.vconcat.slice(0, child).reduce((sum, c) => sum + c.height + this.spec.spacing, 0);
    return [padding.left, padding.top + before, this.spec.vconcat[child].height];
  }

  markPlaces(panel) {
    const found = [];
    const { padding } = this.spec;
    const wanted = /^(dots|bars|bins|estimate|cells)_marks$|^(.*_)?(dots|bars|bins|estimate|cells)_marks$/;
    const walk = (mark, x, y) => {
      for (const item of mark.items ?? []) {
        if (mark.marktype === "group") for (const child of item.items ?? []) walk(child, x + item.x, y + item.y);
        else if (wanted.test(mark.name ?? "") && item.datum) {
          const { x1, x2, y1, y2 } = item.bounds;
          found.push({ panel, row: item.datum, box: [x + x1, y + y1, x + x2, y + y2] });
        }
      }
    };
    walk(this.result.view.scenegraph().root, padding.left, padding.top);
    return found.map((place) => {
      const [x1, y1, x2, y2] = place.box;
      return { ...place, x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
    });
  }

  nearest(x, y) {
    let best = null;
    let least = Infinity;
    for (const place of this.allPlaces()) {
      let far;
      if (place.panel.kind === "x") {
        if (x < place.ends[0] - 12 || x > place.ends[1] + 12) continue;
        if (y < place.top - 12 || y > place.top + place.height + 30) continue;
        far = Math.abs(place.x - x);
      } else {
        const [x1, y1, x2, y2] = place.box;
        const inside = x >= x1 && x <= x2 && y >= y1 && y <= y2;
        const small = x2 - x1 < REACH && y2 - y1 < REACH;
        far = inside && !small ? 0 : Math.hypot(place.x - x, place.y - y);
        if (far > REACH) continue;
      }
      if (far < least) [best, least] = [place, far];
    }
    return best;
  }

  tell(place, aloud) {
    if (!place) return this.hush();
    this.at = place.index;
    const { readout, cursor, said } = this.root.parts;
    const columns = this.columns[place.panel.data];
    const pairs = place.panel.kind === "x" ? this.seriesPairs(place, columns) : this.fieldPairs(place, columns);
    const list = make("dl");
    for (const { label, text, color } of pairs.rest) {
      const term = make("dt");
      if (color) {
        const swatch = make("span", "tandem-readout__swatch");
        swatch.style.background = color;
        term.append(swatch);
      }
      term.append(label);
      list.append(term, make("dd", "", text));
    }
    readout.replaceChildren(make("strong", "", pairs.head), list);
    readout.hidden = false;
    const width = this.plot.clientWidth;
    const side = place.x > width / 2 ? place.x - readout.offsetWidth - 12 : place.x + 12;
    readout.style.left = `${Math.max(0, Math.min(side, width - readout.offsetWidth))}px`;
    readout.style.top = `${place.panel.kind === "x" ? place.top : Math.max(0, place.y - readout.offsetHeight - 8)}px`;
    cursor.hidden = place.panel.kind !== "x";
    if (!cursor.hidden) {
      cursor.style.cssText = `left:${place.x}px;top:${place.top}px;height:${place.height}px`;
    }
    const sentence = [pairs.head, ...pairs.rest.map(({ label, text }) => `${label} ${text}`)].join(", ");
    if (aloud) said.textContent = sentence;
  }

  seriesPairs(place, columns) {
    const { panel, row } = place;
    const column = columns[panel.x];
    const head = column.kind === "date" ? formatted(row[panel.x], column) : `${column.label} ${formatted(row[panel.x], column)}`;
    const rest = panel.series
      .filter((line) => !this.view.hidden.includes(line.field))
      .map((line) => {
        const ends = line.lower && row[line.lower] !== null
          ? `${formatted(row[line.lower], columns[line.lower])} to ${formatted(row[line.upper], columns[line.upper])}`
          : "";
        const value = line.field ? formatted(row[line.field], columns[line.field]) : "";
        return { label: line.label, color: line.color, text: value && ends ? `${value} (${ends})` : value || ends };
      });
    return { head, rest };
  }

  fieldPairs(place, columns) {
    const { between, fields } = place.panel;
    const text = (field) => formatted(place.row[field], columns[field]);
    const rest = (names) => names.map((field) => ({ label: columns[field].label, text: text(field) }));
    if (between) return { head: between.map(text).join(" to "), rest: rest(fields) };
    const [first, ...others] = fields;
    const head = columns[first].kind === "number" ? `${columns[first].label} ${text(first)}` : text(first);
    return { head, rest: rest(others) };
  }

  /* --- a part of a sorted curve: dragged over here, or set by the sliders of the page ---------------------------------- */

  /* The place of a pointer along the order, percent. */
  along(event) {
    const { padding, vconcat } = this.spec;
    const x = event.clientX - this.plot.getBoundingClientRect().left - padding.left;
    return Math.round(100 * Math.min(Math.max(x / vconcat[0].width, 0), 1));
  }

  beginPart(event) {
    if (!this.meta?.brush || event.button !== 0 || !this.stage.classList.contains("is-live")) return;
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    if (x < this.spec.padding.left || !event.target.closest(".tandem-plot")) return;
    this.drag = this.along(event);
    this.hush();
    this.stage.setPointerCapture(event.pointerId);
  }

  dragged(event) {
    return [this.drag, this.along(event)].sort((a, b) => a - b);
  }

  endPart(event) {
    if (this.drag === null || this.drag === undefined) return;
    const [from, to] = this.dragged(event);
    this.drag = null;
    if (to - from < LEAST_PART) return this.showPart(this.view.part);
    this.figure.change({ part: `${from}-${to}` });
  }

  dropPart() {
    this.drag = null;
    this.showPart(this.view?.part);
  }

  /* Veil what lies outside the part and say what is inside; `part` is from and to, percent of the order. */
  showPart(part) {
    if (!this.root || !this.meta.brush) return;
    const [from, to] = part ?? [0, 100];
    const { padding, vconcat } = this.spec;
    const { width } = vconcat[0];
    const area = this.plot.parentElement;
    for (const veil of area.querySelectorAll(".tandem-veil")) veil.remove();
    for (const [start, end] of [[0, from], [to, 100]]) {
      if (end <= start) continue;
      const veil = make("div", "tandem-veil");
      const height = this.meta.plot.height - padding.top - padding.bottom;
      veil.style.cssText =
        `left:${padding.left + (width * start) / 100}px;width:${(width * (end - start)) / 100}px;` +
        `top:${padding.top}px;height:${height}px`;
      area.append(veil);
    }
    this.figure.say(this.partWords(from, to));
  }

  partWords(from, to) {
    const { data, along, value, choices, choice } = this.meta.brush;
    const every = [...this.rows[data]].sort((a, b) => a[along] - b[along]);
    const inside = every.slice(Math.floor((every.length * from) / 100), Math.ceil((every.length * to) / 100));
    const column = this.columns[data][value];
    const ends = `${formatted(inside[0]?.[value], column)} to ${formatted(inside.at(-1)?.[value], column)}`;
    if (from === 0 && to === 100) return `The whole curve: ${ends}.`;
    const places = new Set(inside.map((row) => row[along]));
    const all = new Map();
    const here = new Map();
    for (const row of this.rows[choices]) {
      all.set(row[choice], (all.get(row[choice]) ?? 0) + 1);
      if (places.has(row[along])) here.set(row[choice], (here.get(row[choice]) ?? 0) + 1);
    }
    const shares = [...here].map(([name, n]) => [name, n / inside.length, all.get(name) / every.length]);
    const said = shares
      .filter(([, share, usual]) => share >= 0.1 && share >= 1.25 * usual)
      .sort((a, b) => b[1] / b[2] - a[1] / a[2])
      .slice(0, 4)
      .map(([name, share, usual]) => `${name} ${Math.round(100 * share)}\u00a0% (of all ${Math.round(100 * usual)}\u00a0%)`);
    const more = said.length ? `more often here than elsewhere: ${said.join(", ")}` : "no choice is much more frequent here";
    return `From ${from} to ${to}\u00a0% of the order: ${ends}; ${more}.`;
  }

  hush() {
    this.at = null;
    if (!this.root) return;
    this.root.parts.readout.hidden = true;
    this.root.parts.cursor.hidden = true;
  }
}
