// The test pictures on which the models disagree, asked for when the tab is opened.
function disagreements(use) {
  let isAsked = false;
  const thousands = number => String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  function tile(found, picture) {
    const item = make("li"), button = make("button"), canvas = make("canvas");
    paintPixels(canvas, picture.pixels, found.rows, found.columns);
    button.append(canvas, make("span", `is ${picture.label}`, "is"));
    const by_answer = Map.groupBy ? Map.groupBy(found.models.keys(), i => picture.says[i]) : new Map(found.models.map((_, i) => [picture.says[i], found.models.flatMap((_, j) => picture.says[j] === picture.says[i] ? [j] : [])]));
    for (const [says, models] of by_answer)
      button.append(make("span", `${says}: ${[...models].map(i => found.models[i]).join(", ")}`, says === picture.label ? "" : "wrong"));
    button.addEventListener("click", () => { select("ask"); use({ pixels: picture.pixels, rows: found.rows, columns: found.columns }); by("pad").focus(); });
    item.append(button);
    return item;
  }
  function list(found) {
    const choose = by("between");
    choose.replaceChildren(new Option("any two models disagree", ""));
    found.models.forEach((name, i) => choose.append(new Option(`only ${name} is right`, i), new Option(`only ${name} is wrong`, `!${i}`)));
    const filled = () => {
      const wanted = choose.value, place = Number(wanted.replace("!", "")), isWrong = wanted.startsWith("!");
      const matches = ({ says, label }) => wanted === "" || says.every((class_, i) => (class_ === label) === ((i === place) !== isWrong));
      const pictures = found.pictures.filter(matches);
      by("tiles").replaceChildren(...pictures.map(picture => tile(found, picture)));
      const [read, shown] = [found.pictures.length, pictures.length];
      const are = shown === 1 ? "is" : "are";
      const which = found.count === read ? `${shown} ${are}` : shown === read ? `The first ${read} are` : `Of the first ${read}, ${shown} ${are}`;
      by("disagreements-text").textContent = `The models disagree on ${thousands(found.count)} of ${thousands(found.of)} test pictures of ${found.data}. ${which} shown. Click a picture to ask about it.`;
    };
    choose.onchange = filled;
    by("choice").hidden = false;
    filled();
  }
  async function fetchAll() {
    for (;;) {
      const found = await (await fetch("/v1/disagreements")).json();
      if (found.pictures) return list(found);
      if (!found.searching) { by("disagreements-text").textContent = `There is nothing to show: ${found.none ?? found.error.what}.`; return; }
      const { seen, of } = found.searching;
      by("disagreements-text").textContent = of ? `Searching: ${thousands(seen)} of ${thousands(of)} test pictures.` : "Searching.";
      await new Promise(done => setTimeout(done, 500));
    }
  }
  return () => {
    if (isAsked) return;
    isAsked = true;
    fetchAll().catch(error => { isAsked = false; by("disagreements-text").textContent = `The server does not answer (${error.message}).`; });
  };
}
