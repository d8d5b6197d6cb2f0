"use strict";
// Asks the server, one question at a time and always the newest, and shows the answers.
const by = id => document.getElementById(id);
const data = JSON.parse(by("data").textContent);
const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};
const percent = p => p >= 0.9995 && p < 1 ? "99.9 %" : `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)} %`;
// Bars stand side by side where the classes have short names; else the most probable ones are listed.
const isNarrow = data.classes.length <= 26 && data.classes.every(name => name.length <= 3);
const LISTED = Math.min(5, data.classes.length);
by("models").classList.toggle("wide-classes", !isNarrow);

// Digits in groups of three: 60 000.
const grouped = number => String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");

const shown = data.models.map((model, place) => {
  const item = make("li"), head = make("div"), output = make("output", "–");
  item.style.setProperty("--colour", `var(${data.colours[place]})`);
  head.append(make("h3", model.name));
  const accuracy = model.accuracy === null ? "" : `${(100 * model.accuracy).toFixed(2)} % right`;
  head.append(make("p", [model.model === model.name ? "" : model.model, accuracy, `${grouped(model.samples)} samples`].filter(Boolean).join(", "), "soft"));
  const bars = make("div", undefined, isNarrow ? "bars" : "list");
  bars.setAttribute("role", "img");
  bars.setAttribute("aria-label", "no answer yet");
  const rows = (isNarrow ? data.classes : Array(LISTED).fill("")).map(name => {
    const bar = make("b"), ground = make("i"), label = make("span", name), number = make("em");
    ground.append(bar);
    if (isNarrow) { label.prepend(ground); bars.append(label); }
    else bars.append(label, ground, number);
    return { bar, label, number };
  });
  item.append(head, output, bars);
  by("models").append(item);
  by("explain").append(new Option(model.name, model.name));
  return { item, output, bars, rows, none: null };
});

function showModel(at, answer) {
  const { probabilities } = answer;
  at.output.textContent = answer.class;
  if (!probabilities) {
    at.bars.hidden = true;
    at.none ||= at.item.appendChild(make("p", "has no probabilities", "none"));
    return;
  }
  const scale = isNarrow ? "scaleY" : "scaleX";
  const all = data.classes.map(name => [name, probabilities[name]]);
  const rows = isNarrow ? all : [...all].sort((a, b) => b[1] - a[1]).slice(0, LISTED);
  rows.forEach(([name, p], i) => {
    const { bar, label, number } = at.rows[i];
    bar.style.transform = `${scale}(${p})`;
    if (isNarrow) { label.classList.toggle("first", name === answer.class); label.title = `${name}: ${percent(p)}`; }
    else { label.textContent = name; number.textContent = percent(p); }
  });
  at.bars.setAttribute("aria-label", rows.filter(([, p]) => p >= 0.005).map(([name, p]) => `${name}: ${percent(p)}`).join(", "));
}

function forget() {
  by("status").textContent = "";
  for (const at of shown) {
    at.output.textContent = "–";
    at.bars.setAttribute("aria-label", "no answer yet");
    for (const { bar, label, number } of at.rows) {
      bar.style.transform = isNarrow ? "scaleY(0)" : "scaleX(0)";
      label.classList.remove("first");
      number.textContent = "";
    }
  }
  for (const id of ["input", "spoke"]) by(id).getContext("2d").clearRect(0, 0, by(id).width, by(id).height);
  by("method").textContent = "";
}

/** A pixel in grey has one value, in colour three. */
function paintPixels(canvas, pixels, rows, columns) {
  canvas.width = columns; canvas.height = rows;
  const image = new ImageData(columns, rows), values = pixels.length / (rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    const first = values * i, last = values - 1;
    image.data.set([pixels[first], pixels[first + Math.min(1, last)], pixels[first + last], 255], 4 * i);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function showWhy({ method, values, parts, class: name }) {
  const largest = Math.max(...values.map(Math.abs), 1e-30);
  by("method").textContent = data.methods[method];
  if (!parts) {
    const { rows, columns } = data.input, canvas = by("spoke"), image = new ImageData(columns, rows);
    canvas.width = columns; canvas.height = rows;
    // The reports' colours of weights.
    values.forEach((value, i) => image.data.set([...(value > 0 ? [224, 106, 12] : [31, 134, 201]), 255 * Math.abs(value) / largest], 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
    by("spoke-class").textContent = name;
    canvas.setAttribute("aria-label", `Pixels that spoke for ${name}, and against it`);
    return;
  }
  const order = parts.map((part, i) => [part, values[i]]).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  by("parts").replaceChildren(...order.slice(0, 20).map(([part, value]) => {
    const item = make("li", undefined, value < 0 ? "minus" : ""), ground = make("i"), bar = make("b");
    bar.style.transform = `scaleX(${Math.abs(value) / largest})`;
    ground.append(bar);
    item.append(make("span", part), ground, make("em", (value < 0 ? "−" : "+") + Math.abs(value).toPrecision(2)));
    return item;
  }));
}

let said = 0;
/** Says the answers to whoever listens, once they stand still. */
function say(answers) {
  clearTimeout(said);
  said = setTimeout(() => {
    const text = answers.map(({ model, class: name, probabilities }) => `${model}: ${name}${probabilities ? `, ${percent(probabilities[name])}` : ""}`);
    by("status").textContent = text.join("; ");
  }, 400);
}

function problem(text) {
  by("problem").hidden = !text;
  by("problem").textContent = text || "";
}

function show(reply) {
  problem("");
  reply.answers.forEach((answer, i) => showModel(shown[i], answer));
  if (reply.input) paintPixels(by("input"), reply.input.pixels, reply.input.rows, reply.input.columns);
  if (reply.explanation) showWhy(reply.explanation);
  say(reply.answers);
}

let isAsking = false, next = null, latest = null;
/** Asks; while an answer is awaited, only the newest question waits. `then` is given the reply. */
async function ask(body, type, then) {
  latest = next = { body, type, then };
  if (isAsking) return;
  isAsking = true;
  while (next) {
    const question = next;
    next = null;
    try {
      const response = await fetch("/v1/predict?explain=" + encodeURIComponent(by("explain").value), { method: "POST", headers: { "Content-Type": question.type }, body: question.body });
      const reply = await response.json();
      // Forgotten in the meantime.
      if (latest === null) continue;
      if (response.ok) { show(reply); question.then?.(reply); }
      else {
        problem(`${reply.error.where}: ${reply.error.what}. Expected: ${reply.error.expected}.`);
        if (response.status === 429 || response.status === 503) { await new Promise(done => setTimeout(done, 1000)); next ||= latest; }
      }
    } catch (error) {
      problem(`The server does not answer (${error.message}).`);
    }
  }
  isAsking = false;
}
function askNothing() { latest = next = null; forget(); }
by("explain").addEventListener("change", () => latest && ask(latest.body, latest.type, latest.then));
