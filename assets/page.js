const tip = document.getElementById("tip");
for (const figure of document.querySelectorAll("figure")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const svgs = [...figure.querySelectorAll("svg")];
  const places = data.xs.map((x) => (x - data.xs[0]) / (data.xs.at(-1) - data.xs[0]));
  let [from, to, at] = [0, 1, -1];
  const shown = () => svgs.find((svg) => svg.getBoundingClientRect().width > 0);
  const edges = (svg) => svg.dataset.frame.split(" ").map(Number);
  const place = (svg, share) => {
    const [left, right] = edges(svg);
    return left + ((share - from) / (to - from)) * (right - left);
  };
  const draw = () => {
    for (const svg of svgs) {
      const [left, right, top, bottom] = edges(svg);
      const scale = 1 / (to - from);
      for (const one of svg.querySelectorAll(".zoom"))
        one.setAttribute("transform", `matrix(${[scale, 0, 0, 1, place(svg, 0) - left * scale, 0]})`);
      for (const one of svg.querySelectorAll(".x")) {
        const x = Number(one.dataset.x);
        const moved = place(svg, (x - left) / (right - left));
        one.setAttribute("transform", `translate(${moved - x})`);
        const tick = one.querySelector(".tick") && scale > 1 && svg.dataset.every;
        one.style.display = tick || moved < left - 1 || moved > right + 1 ? "none" : "";
      }
      const every = Number(svg.dataset.every) / 2 ** Math.floor(Math.log2(scale));
      const [start, span] = svg.dataset.range.split(" ").map(Number);
      let drawn =
        at < 0 || places[at] < from || places[at] > to
          ? ""
          : `<path class='tick' d='M${place(svg, places[at])} ${top}V${bottom}'/>`;
      for (let k = Math.ceil((start + from * span) / every); scale > 1 && k * every <= start + to * span; k++) {
        const x = place(svg, (k * every - start) / span);
        const share = Number(((k * every) / Math.PI).toPrecision(6));
        const label = figure.dataset.pi === "180" ? 180 * share : share === 0 ? "0" : share === 1 ? "π" : `${share}π`;
        drawn +=
          "<path class='tick' d='M" +
          x +
          " " +
          bottom +
          "v5'/><text x='" +
          x +
          "' y='" +
          (bottom + 18) +
          "' text-anchor='middle'>" +
          label +
          "</text>";
      }
      svg.querySelector(".finer").innerHTML = drawn;
    }
    const svg = shown();
    tip.hidden = at < 0 || !svg;
    if (tip.hidden) return;
    const rows = [[data.x, data.xs[at]], ...data.names.map((name, i) => [name, data.values[i][at] ?? "none"])];
    tip.replaceChildren(
      ...rows.map((cells) => {
        const tr = document.createElement("tr");
        for (const cell of cells)
          tr.insertCell().textContent = typeof cell === "number" ? String(cell).replace(/^-/, "−") : cell;
        return tr;
      }),
    );
    const box = svg.getBoundingClientRect();
    const x = box.left + (place(svg, places[at]) * box.width) / svg.viewBox.baseVal.width;
    tip.style.left = `${Math.max(0, x + 16 + tip.offsetWidth > innerWidth ? x - tip.offsetWidth - 16 : x + 16)}px`;
    tip.style.top = `${Math.max(0, box.top + 60)}px`;
  };
  const zoom = (centre, factor) => {
    const span = Math.min(1, Math.max(1 / 64, (to - from) * factor));
    from = Math.min(1 - span, Math.max(0, centre - ((centre - from) / (to - from)) * span));
    to = from + span;
    draw();
  };
  const whole = () => {
    [from, to] = [0, 1];
    draw();
  };
  const shareAt = (event) => {
    const svg = shown();
    const box = svg.getBoundingClientRect();
    const [left, right] = edges(svg);
    const x = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
    return x < left - 8 || x > right + 8 ? undefined : from + ((x - left) / (right - left)) * (to - from);
  };
  const nearest = (share) =>
    places.reduce((best, one, i) => (Math.abs(one - share) < Math.abs(places[best] - share) ? i : best), 0);
  figure.addEventListener("pointermove", (event) => {
    const share = shareAt(event);
    at = share === undefined ? -1 : nearest(share);
    draw();
  });
  figure.addEventListener("pointerleave", () => {
    at = -1;
    draw();
  });
  figure.addEventListener("blur", () => {
    at = -1;
    draw();
  });
  figure.addEventListener(
    "wheel",
    (event) => {
      const share = shareAt(event);
      if (share === undefined) return;
      event.preventDefault();
      zoom(share, 2 ** (event.deltaY / 200));
    },
    { passive: false },
  );
  figure.addEventListener("dblclick", whole);
  figure.addEventListener("keydown", ({ key }) => {
    const middle = at < 0 ? (from + to) / 2 : places[at];
    if (key === "+" || key === "=") zoom(middle, 0.5);
    else if (key === "-") zoom(middle, 2);
    else if (key === "0" || key === "Escape") whole();
    else if (key === "ArrowLeft" || key === "ArrowRight") {
      at = Math.min(places.length - 1, Math.max(0, at < 0 ? nearest(middle) : at + (key === "ArrowLeft" ? -1 : 1)));
      draw();
    }
  });
}
