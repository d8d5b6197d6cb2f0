// Puts the page together: title, tabs, and what the models take.
const isOfPictures = data.input.kind === "picture";
by("title").textContent = data.models[0].data;
by("about").textContent = isOfPictures
  ? `Draw, and see what ${data.models.length === 1 ? "the model says" : `${data.models.length} models say`} while you draw.`
  : `Change a value, and see what ${data.models.length === 1 ? "the model says" : `${data.models.length} models say`}.`;
const use = isOfPictures ? drawing() : form();
const opened = disagreements(use);
const tabs = ["ask", "disagreements"];
function select(chosen) {
  for (const id of tabs) {
    by(id).hidden = id !== chosen;
    by(`tab-${id}`).setAttribute("aria-selected", id === chosen);
    by(`tab-${id}`).tabIndex = id === chosen ? 0 : -1;
  }
  if (chosen === "disagreements") opened();
}
tabs.forEach((id, i) => {
  const tab = by(`tab-${id}`);
  tab.addEventListener("click", () => select(id));
  tab.addEventListener("keydown", event => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const other = tabs[1 - i];
    select(other); by(`tab-${other}`).focus();
  });
});
