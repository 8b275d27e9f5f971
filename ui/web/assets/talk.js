/* What can be done with an answer: copying it, linking to it, rating it.
 *
 * Works on attributes that the templates of ui/web/html write:
 *   data-copy      copies this text                     data-link   copies the address of the answer of this number
 *   data-done, data-failed   what such a button then says
 *   data-rate      "good" or "bad": a thumb; data-rating beside it holds what was said before, as JSON
 *   data-step      shows the version of its turn before (-1) or after (1) this one; the template after a turn holds the others
 *   data-noted     what is announced once a rating is kept
 *   data-leave     closes the form                      data-for    a part of the form for one of the thumbs only
 * A rating goes to the server as the event "yj-rate" (ui/web/views/conversation.py).
 */
(() => {
  "use strict";
  const COPIES = "[data-copy], [data-link]";

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(`${COPIES}, [data-rate], [data-leave], [data-step]`);
    if (!button) return;
    if (button.matches(COPIES)) copy(button);
    else if (button.matches("[data-rate]")) rate(button);
    else if (button.matches("[data-step]")) step(button);
    else leave(button.closest("form"));
  });

  /* ---- copying ---- */

  async function copy(button) {
    const said = button.dataset.said ||= button.textContent;
    const done = await clip(button.dataset.copy ?? address(button.dataset.link));
    button.textContent = done ? button.dataset.done : button.dataset.failed;
    yinju.announce(button.textContent);
    setTimeout(() => { button.textContent = said; }, 2500);
  }

  function address(number) {
    const id = document.querySelector("#yj-thread [data-conversation]")?.dataset.conversation;
    const link = new URL(location.href);
    link.hash = id ? `${id}/${number}` : "";
    return link.href;
  }

  async function clip(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* not a secure address, or not allowed: the old way */ }
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus({ preventScroll: true });
    return done;
  }

  /* ---- the versions of an answer ---- */

  function step(button) {
    const now = button.closest("[data-turn]");
    const others = now.nextElementSibling.content;
    const all = [now, ...others.children].sort((one, other) => one.dataset.turn - other.dataset.turn);
    const next = all[all.indexOf(now) + Number(button.dataset.step)];
    now.replaceWith(next);
    others.append(now);
    (next.querySelector(`[data-step="${button.dataset.step}"]:enabled`) || next.querySelector("[data-step]:enabled")).focus();
    yinjuEvidence.replaced(now, next);
    const said = [".yj-versions", ".yj-question", ".yj-answer"].map((part) => next.querySelector(part).innerText);
    yinju.announce(said.join(" "));
  }

  /* ---- rating ---- */

  function rate(thumb) {
    const thumbs = thumb.parentElement;
    const open = thumbs.closest("[data-turn]").querySelector("form");
    const again = thumb.getAttribute("aria-pressed") === "true";
    open?.remove();
    for (const other of thumbs.children) other.setAttribute("aria-pressed", String(other === thumb && !again));
    if (again) send(thumbs, null);
    else { send(thumbs, thumb.dataset.rate); ask(thumbs, thumb.dataset.rate); }
  }

  /* The form is there for those who have more to say; the thumb is kept without it. */
  function ask(thumbs, kind) {
    const form = document.querySelector(".yj-rating-form").content.firstElementChild.cloneNode(true);
    for (const part of form.querySelectorAll("[data-for]")) if (part.dataset.for !== kind) part.remove();
    if (thumbs.closest("[data-turn]").querySelector(".yj-refused")) form.querySelector(".yj-tick")?.remove();
    const before = JSON.parse(thumbs.dataset.rating);
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = Boolean(before[field.name]);
      else if (field.name) field.value = before[field.name] || "";
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = Object.fromEntries(new FormData(form));
      thumbs.dataset.rating = JSON.stringify({ ...said, unanswerable: "unanswerable" in said });
      send(thumbs, kind);
      leave(form);
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); leave(form); } });
    thumbs.parentElement.after(form);
    form.elements[0].focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function leave(form) {
    form.previousElementSibling.querySelector("[aria-pressed=true]")?.focus();
    form.remove();
  }

  function send(thumbs, rated) {
    const number = thumbs.closest("[data-turn]").dataset.turn;
    const said = { comment: "", right_answer: "", ...JSON.parse(thumbs.dataset.rating) };
    thumbs.dispatchEvent(new CustomEvent("yj-rate", { bubbles: true, detail: { number, rated, ...said } }));
    yinju.announce(thumbs.dataset.noted);
  }

  /* ---- the filters: Gradio's accordion, which does not say whether it is open, nor closes by itself ---- */

  const filter = () => document.querySelector("#yj-filter > .label-wrap");
  const close = () => { if (filter()?.classList.contains("open")) filter().click(); };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#yj-filter, .options, .token-remove") && event.target.isConnected) close();
  });
  document.addEventListener("keydown", (event) => {
    const inside = event.target.closest?.("#yj-filter");
    if (event.key === "Escape" && inside && event.target.getAttribute("aria-expanded") !== "true") { close(); filter().focus(); }
    if (event.key === "Enter" && event.target.closest?.("#yj-ask")) close();
  });
  new MutationObserver(() => {
    const open = String(Boolean(filter()?.classList.contains("open")));
    if (filter() && filter().getAttribute("aria-expanded") !== open) filter().setAttribute("aria-expanded", open);
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ["class"] });

  /* ---- called by the page's events (ui/web/views/conversation.py) ---- */

  window.yinjuTalk = {
    compose() {
      const box = document.querySelector("#yj-ask textarea");
      box?.focus();
      box?.setSelectionRange(box.value.length, box.value.length);
    },
  };
})();
