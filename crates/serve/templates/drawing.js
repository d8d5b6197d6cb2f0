// The pad: white on black, or any colour on any other, drawn with mouse, pen, finger or keys.
function drawing() {
  const inColour = data.input.colour, CELLS = 28, SIDE = 196, CELL = SIDE / CELLS, PEN = 15;
  const pad = by("pad"), view = pad.getContext("2d"), sheet = document.createElement("canvas");
  const ink = sheet.getContext("2d", { willReadFrequently: true });
  pad.width = pad.height = sheet.width = sheet.height = SIDE;
  let isEmpty = true, last = null, isWaiting = false, hasKeys = false, isDown = false;
  const cross = { x: CELLS / 2, y: CELLS / 2 };

  function paint() {
    view.drawImage(sheet, 0, 0);
    if (!hasKeys) return;
    const [x, y] = [(cross.x + 0.5) * CELL, (cross.y + 0.5) * CELL];
    view.lineWidth = 2; view.strokeStyle = isDown ? "#f0883e" : "#4aa3e0";
    view.strokeRect(x - CELL, y - CELL, 2 * CELL, 2 * CELL);
  }
  function clear() {
    ink.fillStyle = inColour ? by("ground").value : "#000"; ink.fillRect(0, 0, SIDE, SIDE);
    isEmpty = true; last = null; paint(); askNothing();
  }
  function line(from, to, width) {
    ink.lineCap = ink.lineJoin = "round"; ink.strokeStyle = inColour ? by("pen").value : "#fff"; ink.lineWidth = width;
    ink.beginPath(); ink.moveTo(...from); ink.lineTo(...to); ink.stroke();
    isEmpty = false;
  }
  /** At most one question for each picture on the screen. */
  function changed() {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false; paint();
      if (isEmpty) return;
      const pixels = ink.getImageData(0, 0, SIDE, SIDE).data, values = inColour ? 3 : 1;
      const head = new TextEncoder().encode(`P${inColour ? 6 : 5} ${SIDE} ${SIDE} 255\n`);
      const body = new Uint8Array(head.length + values * SIDE * SIDE);
      body.set(head);
      for (let i = 0; i < SIDE * SIDE; i++)
        for (let value = 0; value < values; value++) body[head.length + values * i + value] = pixels[4 * i + value];
      ask(body, inColour ? "image/x-portable-pixmap" : "image/x-portable-graymap");
    });
  }
  const place = event => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * SIDE, (event.clientY - box.top) / box.height * SIDE];
  };
  const width = event => event.pointerType === "pen" && event.pressure ? PEN * (0.6 + 0.8 * event.pressure) : PEN;
  pad.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId); hasKeys = false;
    last = place(event); line(last, last, width(event)); changed();
  });
  pad.addEventListener("pointermove", event => {
    if (!last || !pad.hasPointerCapture(event.pointerId)) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length ? between : [event]) { const to = place(one); line(last, to, width(one)); last = to; }
    changed();
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { last = null; });

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const middle = () => [(cross.x + 0.5) * CELL, (cross.y + 0.5) * CELL];
  pad.addEventListener("keydown", event => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(arrow || [" ", "Delete", "Backspace"].includes(event.key))) return;
    event.preventDefault(); hasKeys = true;
    const from = middle();
    if (arrow) {
      cross.x = Math.min(CELLS - 1, Math.max(0, cross.x + arrow[0])); cross.y = Math.min(CELLS - 1, Math.max(0, cross.y + arrow[1]));
    } else if (event.key === " ") {
      if (event.repeat) return;
      isDown = !isDown;
      pad.setAttribute("aria-label", `Drawing pad, pen ${isDown ? "down" : "up"}`);
    } else { isDown = false; clear(); return; }
    if (isDown) { line(from, middle(), PEN); changed(); } else paint();
  });
  pad.addEventListener("focus", () => { hasKeys = pad.matches(":focus-visible"); paint(); });
  pad.addEventListener("blur", () => { hasKeys = isDown = false; paint(); });
  by("clear").addEventListener("click", clear);

  /** Puts a picture that the models saw onto the pad. */
  function put({ pixels, rows, columns }) {
    const small = document.createElement("canvas");
    paintPixels(small, pixels, rows, columns);
    ink.drawImage(small, 0, 0, SIDE, SIDE); isEmpty = false; paint();
  }
  function open(file) {
    if (file) ask(file, file.type.startsWith("image/") ? file.type : "image/x-portable-graymap", reply => put(reply.input));
  }
  by("file").addEventListener("change", event => { open(event.target.files[0]); event.target.value = ""; });
  addEventListener("paste", event => open(event.clipboardData.files[0]));
  pad.addEventListener("dragover", event => event.preventDefault());
  pad.addEventListener("drop", event => { event.preventDefault(); open(event.dataTransfer.files[0]); });
  by("colours").hidden = !inColour;
  by("ground").addEventListener("input", () => isEmpty && clear());
  by("drawing").hidden = by("why-pictures").hidden = false;
  for (const id of ["input", "spoke"]) { by(id).width = data.input.columns; by(id).height = data.input.rows; }
  by("input-size").textContent = `the input, ${data.input.rows} × ${data.input.columns}`;
  clear();
  return picture => { put(picture); paintPixels(by("input"), picture.pixels, picture.rows, picture.columns); ask(JSON.stringify({ pixels: picture.pixels }), "application/json"); };
}
