// Keeps parts of a page fresh: an element with data-live="ADDRESS" is replaced by what that address answers, every
// data-every seconds, while the page is looked at; where that takes long, after twenty times as long (a minute at most), so
// that a page that is left open takes little of what the services can do. Without this script the page tells its time and
// can be reloaded.
"use strict";

const REST = 20, MINUTE = 60000;

const put = (part, text) => {
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = text;
  if (focused !== null) {
    for (const link of part.querySelectorAll("a")) {
      if (link.getAttribute("href") === focused) { link.focus({ preventScroll: true }); break; }
    }
  }
};

for (const part of document.querySelectorAll("[data-live]")) {
  const every = Number(part.dataset.every || 2) * 1000;
  let failures = 0;
  const refresh = async () => {
    const began = performance.now();
    if (!document.hidden) {
      try {
        const answer = await fetch(part.dataset.live, { headers: { "x-part": "1" }, redirect: "error" });
        if (answer.status === 401) { location.reload(); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        put(part, await answer.text());
        part.removeAttribute("data-stale");
        failures = 0;
      } catch {
        failures += 1;
        if (failures > 2) part.setAttribute("data-stale", "");
      }
    }
    const rest = Math.min(Math.max(every, REST * (performance.now() - began)), MINUTE);
    setTimeout(refresh, failures ? every * Math.min(1 + failures, 10) : rest);
  };
  setTimeout(refresh, every);
}
