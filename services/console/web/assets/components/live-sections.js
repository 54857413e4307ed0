// Puts sections that the server has drawn anew into the page, and keeps the reader's place while doing so.

/** @param {HTMLElement} sign the element that tells whether the page is live; its data-live names the stream */
export function followSections(sign) {
  const stream = new EventSource(sign.dataset.live);
  stream.addEventListener("open", () => show(sign, true));
  stream.addEventListener("error", () => show(sign, false));
  stream.addEventListener("sections", (event) => {
    show(sign, true);
    for (const [name, html] of Object.entries(JSON.parse(event.data))) {
      replace(name, html);
    }
  });
  // A page that nobody sees needs no stream; when it is looked at again, the stream brings the present state.
  window.addEventListener("pagehide", () => stream.close());
}

/** @param {HTMLElement} sign @param {boolean} live */
function show(sign, live) {
  const words = live ? sign.dataset.on : sign.dataset.off;
  sign.classList.toggle("live-on", live);
  const place = sign.querySelector(".live-words");
  if (place.textContent !== words) {
    place.textContent = words;
  }
}

/** @param {string} name @param {string} html drawn by the server, which has escaped everything from outside */
function replace(name, html) {
  const section = document.querySelector(`[data-section="${CSS.escape(name)}"]`);
  if (!section) {
    return;
  }
  const focused = focusInside(section);
  section.innerHTML = html;
  if (focused) {
    section.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

/** @param {Element} section @returns {string | null} the link that has the keyboard focus, if it is in the section */
function focusInside(section) {
  const focused = document.activeElement;
  return focused && section.contains(focused) ? focused.getAttribute("href") : null;
}
