"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let view = 0, step = 0, timer = null;

  const frames = () => data.views[view].frames;
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

  function show(wanted) {
    step = Math.max(0, Math.min(frames().length - 1, wanted));
    const frame = frames()[step];
    at("board").innerHTML = frame.svg.map((part) => data.texts[part]).join("");
    at("board").dataset.step = step;
    at("head").textContent = data.texts[frame.head];
    at("told").replaceChildren(...frame.told.map(([depth, text]) => {
      const line = element("li", data.texts[text]);
      line.dataset.depth = depth;
      return line;
    }));
    at("about").replaceChildren(...frame.about.map((text) => element("pre", data.texts[text])));
    at("words").replaceChildren(...frame.words.map((text) => element("li", data.texts[text])));
    at("slider").value = step;
    at("slider").setAttribute("aria-valuetext", `${step} of ${frames().length - 1}: ${data.texts[frame.head]}`);
    at("count").textContent = `${step} / ${frames().length - 1}`;
    at("first").disabled = at("back").disabled = step === 0;
    at("next").disabled = at("last").disabled = step === frames().length - 1;
    for (const old of document.querySelectorAll("#log [aria-current]")) old.removeAttribute("aria-current");
    const line = at("log").children[step].firstChild;
    line.setAttribute("aria-current", "step");
    const panel = at("log").parentElement, top = line.offsetTop - panel.offsetTop;
    if (top < panel.scrollTop || top > panel.scrollTop + panel.clientHeight - 60) {
      panel.scrollTo({ top: top - panel.clientHeight / 2, behavior: calm ? "auto" : "smooth" });
    }
    history.replaceState(null, "", `#step=${step}&view=${view}`);
  }

  function list() {
    at("log").replaceChildren(...frames().map((frame, number) => {
      const line = document.createElement("li"), button = element("button", data.texts[frame.head]);
      button.type = "button";
      button.addEventListener("click", () => { pause(); show(number); });
      line.append(button);
      return line;
    }));
    at("slider").max = frames().length - 1;
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    at("play").setAttribute("aria-pressed", "false");
    at("play").setAttribute("aria-label", "Play");
  }

  function play() {
    if (step === frames().length - 1) show(0);
    clearInterval(timer);
    timer = setInterval(() => (step < frames().length - 1 ? show(step + 1) : pause()), Number(at("speed").value));
    at("play").setAttribute("aria-pressed", "true");
    at("play").setAttribute("aria-label", "Pause");
  }

  const go = { first: () => show(0), back: () => show(step - 1), next: () => show(step + 1), last: () => show(Infinity) };
  for (const [id, move] of Object.entries(go)) at(id).addEventListener("click", () => { pause(); move(); });
  const toggle = () => (timer === null ? play() : pause());
  at("play").addEventListener("click", toggle);
  at("speed").addEventListener("change", () => { if (timer !== null) play(); });
  at("slider").addEventListener("input", () => { pause(); show(Number(at("slider").value)); });
  at("viewer").addEventListener("change", () => { view = Number(at("viewer").value); list(); show(step); });
  const keys = { ArrowLeft: go.back, ArrowRight: go.next, Home: go.first, End: go.last };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
    if (event.key === " " && event.target.tagName !== "BUTTON" && event.target.tagName !== "SUMMARY") {
      event.preventDefault();
      toggle();
    } else if (keys[event.key]) {
      event.preventDefault();
      pause();
      keys[event.key]();
    }
  });

  at("viewer").replaceChildren(...data.views.map((one, number) => Object.assign(element("option", one.label), { value: number })));
  at("whose").hidden = data.views.length === 1;
  const wanted = new URLSearchParams(location.hash.slice(1));
  view = Math.max(0, Math.min(data.views.length - 1, Number(wanted.get("view")) || 0));
  at("viewer").value = view;
  list();
  show(Number(wanted.get("step")) || 0);
})();
