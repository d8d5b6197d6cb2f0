// The form: a field for each column of a table, with a slider where it is known how far its numbers go.
function form() {
  const DAY = 86400000, row = {};
  const changed = () => ask(JSON.stringify({ row }), "application/json");
  const rounded = (x, unit) => Number((Math.round(x / unit) * unit).toPrecision(6));
  const choice = (label, options, set) => {
    const select = make("select");
    options.forEach(([text], i) => select.append(new Option(text, i)));
    select.addEventListener("change", () => { set(options[select.value][1]); changed(); });
    set(options[0][1]); label.append(select);
  };
  function number(label, column, set, isDate) {
    const text = x => isDate ? new Date(x * DAY).toISOString().slice(0, 10) : String(x);
    const value = text => text === "" ? null : isDate ? Date.parse(text) / DAY : Number(text);
    const { mean, deviation } = column, has = mean !== undefined;
    const unit = isDate ? 1 : has ? 10 ** Math.floor(Math.log10(deviation / 20)) : 1;
    const begin = rounded(column.usual ?? mean ?? 0, unit);
    const field = Object.assign(make("input"), { type: isDate ? "date" : "number", step: "any", value: text(begin) });
    label.append(field);
    const put = x => set(x === null ? null : isDate ? text(x) : x);
    put(begin);
    const slider = has && Object.assign(make("input"), { type: "range", min: rounded(mean - 3 * deviation, unit), max: rounded(mean + 3 * deviation, unit), step: unit });
    if (slider) {
      slider.value = begin; slider.setAttribute("aria-label", `${column.name}, slider`);
      slider.addEventListener("input", () => { field.value = text(Number(slider.value)); put(Number(slider.value)); changed(); });
      label.append(slider);
    }
    field.addEventListener("input", () => {
      const x = value(field.value);
      if (x !== null && !Number.isFinite(x)) return;
      if (slider && x !== null) slider.value = x;
      put(x); changed();
    });
  }
  for (const column of data.input.columns) {
    const set = value => { row[column.name] = value; };
    if (column.used === false) { set(null); continue; }
    const label = make("label");
    label.append(make("span", column.name));
    if (column.kind === "boolean") {
      const both = [["no", false], ["yes", true]];
      choice(label, [...(column.usual >= 0.5 ? both.reverse() : both), ["missing", null]], set);
    } else if (column.kind === "category") {
      const others = column.others ? [["another", "(another)"]] : [];
      choice(label, [...column.categories.map(name => [name, name]), ...others, ["missing", null]], set);
    } else number(label, column, set, column.kind === "date");
    by("fields").append(label);
  }
  by("form").addEventListener("submit", event => event.preventDefault());
  by("form").hidden = by("parts").hidden = false;
  changed();
}
