"use strict";
// 2.04·10⁸ and 10⁻⁴ as programs read them.
const SMALL = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const thousands = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
const plain = (text) => text.replaceAll("\u00a0", "").replace("−", "-").replace(/(\d·)?10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
  (_, times, sign, power) => `${times ? times[0] : 1}e${sign && "-"}${[...power].map((digit) => SMALL.indexOf(digit)).join("")}`);
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.ariaSort === "descending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.ariaSort = down ? "ascending" : "descending";
      const key = (row) => {
        const cell = row.cells[column];
        const text = cell?.dataset.value ?? (cell?.textContent ?? "").trim();
        const number = parseFloat(plain(text).replace(/^(?:[pF] )?[<=] /, ""));
        return Number.isNaN(number) ? text : number;
      };
      const order = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
        const less = x < y ? -1 : x > y ? 1 : 0;
        return down ? less : -less;
      };
      const rows = [...table.tBodies[0].rows].sort(order);
      table.tBodies[0].append(...rows);
    });
  });
}
// A model that is pointed at stands out in all figures and tables; models that are not checked go.
const ofModels = [...document.querySelectorAll("main [data-model]")];
const concerns = (element, id) => element.dataset.model === id || element.dataset.against === id;
const light = (id) => {
  document.documentElement.classList.toggle("lit", Boolean(id));
  for (const element of ofModels) element.classList.toggle("hot", Boolean(id) && concerns(element, id));
};
const filter = document.getElementById("filter");
const named = (event) => event.target.closest?.("svg [data-model], .sortable tr[data-model], #filter [data-id]");
document.addEventListener("pointerover", (event) => {
  const element = named(event);
  light(element?.dataset.model ?? element?.dataset.id);
});
filter.addEventListener("change", () => {
  const off = [...filter.querySelectorAll("input:not(:checked)")].map((box) => box.value);
  for (const element of ofModels) element.classList.toggle("gone", off.some((id) => concerns(element, id)));
  for (const select of document.querySelectorAll("#wrong, #right")) {
    for (const option of select.options) option.hidden = option.disabled = off.includes(option.value);
    if (!off.includes(select.value)) continue;
    select.value = select.id === "wrong" ? "*" : "";
    select.dispatchEvent(new Event("change"));
  }
});
// What a mark means appears at once, not when the browser thinks so.
const tip = document.getElementById("tip");
for (const title of document.querySelectorAll("main svg title")) {
  title.parentNode.dataset.tip = title.textContent;
  title.parentNode.setAttribute("aria-label", title.textContent);
  title.remove();
}
document.addEventListener("pointermove", (event) => {
  const said = event.target.closest?.("[data-tip]")?.dataset.tip;
  tip.hidden = !said;
  if (!said) return;
  tip.textContent = said;
  tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.max(event.clientY - tip.offsetHeight - 10, 4)}px`;
});
// The menu is closed where it would hide the page.
if (matchMedia("(max-width: 64rem)").matches) document.getElementById("menu").open = false;
// On paper nothing can be opened.
const closed = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("main details:not([open])")) { details.open = true; closed.push(details); }
});
addEventListener("afterprint", () => { for (const details of closed.splice(0)) details.open = false; });
const holder = document.getElementById("data");
if (holder) {
  const data = JSON.parse(holder.textContent);
  const sprite = new Image();
  const draw = (canvas, position) => {
    const [x, y] = [position % data.per_row, Math.floor(position / data.per_row)];
    const paint = () => canvas.getContext("2d").drawImage(sprite, x * data.columns, y * data.rows, data.columns, data.rows, 0, 0, data.columns, data.rows);
    if (sprite.complete) paint(); else sprite.addEventListener("load", paint, { once: true });
  };
  const MOST = 200;
  const percent = (share) => `${Math.round(share)}\u00a0%`;
  // What a model takes an image for, and how probable it finds that, if it says so.
  const answer = (model, position) => [data.class_names[model.predictions[position]],
    ...(model.probabilities ? [percent(model.probabilities[position])] : [])];
  const show = (place, positions, taken) => {
    place.replaceChildren(...positions.slice(0, MOST).map((position) => {
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [data.columns, data.rows];
      draw(canvas, position);
      const caption = document.createElement("figcaption");
      const said = data.models.map((model) => `${model.id}: ${answer(model, position).join(", ")}`);
      const [predicted, ...how] = taken(position);
      const lines = [`${data.class_names[data.labels[position]]} taken for ${predicted}`, ...how, `#${data.images[position]}`];
      for (const line of lines) caption.append(Object.assign(document.createElement("span"), { textContent: line }), " ");
      figure.title = said.join("\n");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${lines.join(" ")}; ${said.join(", ")}`);
      figure.append(canvas, caption);
      return figure;
    }));
  };
  const positions = data.labels.map((_, position) => position);
  const dialog = document.getElementById("images");
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  for (const matrix of document.querySelectorAll(".confusion")) {
    const model = data.models.find((model) => model.id === matrix.dataset.model);
    const cells = model ? matrix.querySelectorAll("[data-truth]") : [];
    for (const cell of cells) { cell.setAttribute("role", "button"); cell.setAttribute("tabindex", "0"); }
    const open = (event) => {
      const cell = event.target.closest("[data-truth]");
      if (!cell || !model || (event.key && event.key !== "Enter")) return;
      // The same key would press the button of the dialog.
      event.preventDefault();
      const [truth, predicted] = [Number(cell.dataset.truth), Number(cell.dataset.predicted)];
      const behind = positions.filter((p) => data.labels[p] === truth && model.predictions[p] === predicted);
      document.getElementById("images-title").textContent = `${model.id}: ${data.class_names[truth]} taken for ${data.class_names[predicted]}`;
      show(document.getElementById("images-tiles"), behind, (p) => answer(model, p));
      dialog.showModal();
    };
    matrix.addEventListener("click", open);
    matrix.addEventListener("keydown", open);
  }
  const [wrong, right] = [document.getElementById("wrong"), document.getElementById("right")];
  for (const model of data.models) for (const select of [wrong, right]) select.add(new Option(model.id));
  wrong.add(new Option("all models (possible label errors)", "*"), 0);
  right.add(new Option("any or none", ""), 0);
  [wrong.value, right.value] = ["*", ""];
  const isRight = (id, p) => data.models.find((model) => model.id === id).predictions[p] === data.labels[p];
  // What most models say, of equals the first.
  const mostSaid = (p) => {
    const said = data.models.map((model) => model.predictions[p]);
    const times = (answer) => said.filter((other) => other === answer).length;
    const most = said.reduce((best, answer) => (times(answer) > times(best) ? answer : best));
    const sure = data.confidence[p] > 0 ? [percent(100 * data.confidence[p])] : [];
    return [data.class_names[most], `${times(most)} of ${said.length} models`, ...sure];
  };
  const update = () => {
    right.disabled = wrong.value === "*";
    const chosen = positions.filter((p) => wrong.value === "*"
      ? data.models.every((model) => model.predictions[p] !== data.labels[p])
      : !isRight(wrong.value, p) && (right.value === "" || isRight(right.value, p)));
    if (wrong.value === "*") chosen.sort((a, b) => data.confidence[b] - data.confidence[a]);
    const shown = Math.min(chosen.length, MOST);
    const order = wrong.value === "*" ? ", most confident mistakes first" : "";
    const first = shown < chosen.length ? `; the first ${thousands(shown)} are shown` : "";
    const below = wrong.value === "*"
      ? "the answer of most models, how many models give it, and how probable models find their answers on average"
      : "the answer of the model, and how probable the model finds it";
    document.getElementById("atlas-count").textContent = `${thousands(chosen.length)} image${chosen.length === 1 ? "" : "s"}${order}${first}. Below each: ${below}.`;
    show(document.getElementById("atlas-tiles"), chosen, wrong.value === "*" ? mostSaid : (p) => answer(data.models.find((model) => model.id === wrong.value), p));
  };
  for (const select of [wrong, right]) select.addEventListener("change", update);
  sprite.src = data.sprite;
  update();
}
