// The running count by server-sent events; without this script a reload shows the same numbers.
"use strict";
const language = document.documentElement.lang;
const words = {
  en: { live: "live", lost: "not connected; trying again", stale: "the device has not looked for a while" },
  de: { live: "live", lost: "keine Verbindung; neuer Versuch", stale: "das Gerät hat eine Weile nicht hingesehen" },
}[language] || {};
const numbers = new Intl.NumberFormat(language);

for (const tiles of document.querySelectorAll("[data-live]")) {
  const dot = document.querySelector("[data-dot]");
  const state = document.querySelector("[data-state]");
  const say = (isLive, text) => {
    dot.classList.toggle("live", isLive);
    if (state.textContent !== text) state.textContent = text;
  };
  const source = new EventSource(tiles.dataset.live);
  source.onmessage = (event) => {
    const told = JSON.parse(event.data);
    for (const place of document.querySelectorAll("[data-value]")) {
      const value = told[place.dataset.value];
      if (value === undefined) continue;
      place.textContent = typeof value === "number" ? numbers.format(value) : value;
    }
    say(told.looking, told.looking ? words.live : words.stale);
  };
  source.onerror = () => say(false, words.lost);
}
