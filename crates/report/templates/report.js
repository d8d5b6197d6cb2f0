"use strict";
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
        const text = (row.cells[column]?.textContent ?? "").trim();
        const number = parseFloat(text.replaceAll("\u00a0", "").replace("−", "-").replace(/^(?:[pF] )?[<=] /, ""));
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
// On paper nothing can be opened.
const closed = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) { details.open = true; closed.push(details); }
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
  const show = (place, positions) => {
    place.replaceChildren(...positions.slice(0, MOST).map((position) => {
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [data.columns, data.rows];
      draw(canvas, position);
      const caption = document.createElement("figcaption");
      const said = data.models.map((model) => `${model.id}: ${data.class_names[model.predictions[position]]}`);
      caption.textContent = `#${data.images[position]} is ${data.class_names[data.labels[position]]}`;
      figure.title = said.join("\n");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${caption.textContent}; ${said.join(", ")}`);
      figure.append(canvas, caption);
      return figure;
    }));
  };
  const positions = data.labels.map((_, position) => position);
  const dialog = document.getElementById("images");
  for (const table of document.querySelectorAll("table.matrix")) {
    const model = data.models.find((model) => model.id === table.dataset.model);
    table.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || !model) return;
      const [truth, predicted] = [Number(button.dataset.truth), Number(button.dataset.predicted)];
      const behind = positions.filter((p) => data.labels[p] === truth && model.predictions[p] === predicted);
      document.getElementById("images-title").textContent = `${model.id}: ${data.class_names[truth]} taken for ${data.class_names[predicted]}`;
      show(document.getElementById("images-tiles"), behind);
      dialog.showModal();
    });
  }
  const [wrong, right] = [document.getElementById("wrong"), document.getElementById("right")];
  for (const model of data.models) for (const select of [wrong, right]) select.add(new Option(model.id));
  wrong.add(new Option("all models (suspects of a wrong label)", "*"), 0);
  right.add(new Option("no matter which", ""), 0);
  [wrong.value, right.value] = ["*", ""];
  const isRight = (id, p) => data.models.find((model) => model.id === id).predictions[p] === data.labels[p];
  const update = () => {
    right.disabled = wrong.value === "*";
    const chosen = positions.filter((p) => wrong.value === "*"
      ? data.models.every((model) => model.predictions[p] !== data.labels[p])
      : !isRight(wrong.value, p) && (right.value === "" || isRight(right.value, p)));
    if (wrong.value === "*") chosen.sort((a, b) => data.confidence[b] - data.confidence[a]);
    const shown = Math.min(chosen.length, MOST);
    document.getElementById("atlas-count").textContent = `${chosen.length} images${shown < chosen.length ? `, the first ${shown} of them` : ""}${wrong.value === "*" ? ", those first of which models with probabilities are surest" : ""}`;
    show(document.getElementById("atlas-tiles"), chosen);
  };
  for (const select of [wrong, right]) select.addEventListener("change", update);
  sprite.src = data.sprite;
  update();
}
