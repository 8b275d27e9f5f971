/* The evidence: marks that open it, the panel that it is in, and a whole document at the cited sentence.
 *
 * Works on attributes that the templates of ui/web/html write:
 *   data-turn      a finished turn; its hidden .yj-store holds the cards of its evidence
 *   data-cite      a mark: shows the card of this number of its turn
 *   data-card      a card in a store or in the panel
 *   data-open      opens the panel with the turn's evidence      data-close   closes it
 *   data-read      opens the whole document of its card          data-back    returns to the cards
 *   data-jump      in an open document: goes to another citation's sentence, which is marked by data-span
 *   data-look      in an open document: shows its "text", "pages", "source" or "web" page
 *   data-zoom      magnifies the pages, "in" or "out"
 *   data-quote, data-from   what a mark's tooltip says
 *   data-glossary  what the words of the quote from data-start to data-end of data-document mean; made when it is opened
 *   data-leaf      on a document's own page: opens this document at data-start to data-end, as a whole where they are 0
 * What goes in is cloned nodes and text; what becomes HTML are the reader and the glossary, which the server has escaped.
 */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const narrow = () => matchMedia("(max-width: 999px)").matches;
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  let shown = null;   // the turn whose evidence is in the panel
  let opener = null;  // what gets the focus back when the panel closes

  function fill(turn) {
    const body = $(".yj-panel-body");
    const store = turn && $(".yj-store", turn);
    if (!body || !store || !store.children.length) return false;
    shown = turn.dataset.turn;
    body.replaceChildren(...[...store.childNodes].map((node) => node.cloneNode(true)));
    body.scrollTop = 0;
    root.classList.add("yj-has-evidence");
    return true;
  }

  function show(turn, number, source) {
    if (!fill(turn)) return;
    opener = source;
    root.classList.add("yj-panel-open");
    for (const mark of document.querySelectorAll(".yj-mark[aria-current]")) mark.removeAttribute("aria-current");
    for (const said of document.querySelectorAll(".yj-sentence-active")) said.classList.remove("yj-sentence-active");
    const card = number && $(`.yj-panel-body [data-card="${number}"]`);
    if (!card) { $(".yj-panel")?.focus({ preventScroll: true }); return; }
    for (const mark of turn.querySelectorAll(`[data-cite="${number}"]`)) mark.setAttribute("aria-current", "true");
    source?.closest(".yj-sentence")?.classList.add("yj-sentence-active");
    highlight(card);
    read(card);
  }

  function highlight(card) {
    card.classList.add("yj-card-active");
    focus(card);
    reveal($(".yj-quote", card) || card);
  }

  /* A panel that has just been opened takes the focus only from its first frame on. */
  function focus(element, frames = 30) {
    element.focus({ preventScroll: true });
    if (document.activeElement !== element && element.isConnected && frames) {
      requestAnimationFrame(() => focus(element, frames - 1));
    }
  }

  function reveal(element) {
    element.scrollIntoView({ block: "center", inline: "center", behavior: calm() ? "auto" : "smooth" });
  }

  let opened = null;  // the document in the panel: { document, spans, active }; a span is [number, start, end, quote]

  /* The whole document of a card, at the exact sentence; the card stays if the document can't be had. */
  async function read(card) {
    const of = card.dataset.document;
    const spans = [...card.parentElement.querySelectorAll("[data-card]")]
      .filter((other) => other.dataset.document === of)
      .map((other) => [...[other.dataset.card, other.dataset.start, other.dataset.end].map(Number),
        $(".yj-quote", other)?.textContent ?? ""]);
    if (await put({ document: of, spans, active: Number(card.dataset.card) })) jump(opened.active);
  }

  /* Without a view the server chooses: pages where there are pages, else the text. Tells whether it came. */
  async function put(what, view) {
    const body = $(".yj-panel-body");
    const before = body.firstChild;
    let html = "";
    try {
      html = await window.yinjuServer.document({ ...what, view, language: root.lang });
    } catch { /* the server is gone: what is here stays */ }
    if (!html || body.firstChild !== before) return false;  // another mark was clicked meanwhile
    const glossing = Boolean($(".yj-reader [data-glossary][open]", body));
    body.innerHTML = html;
    opened = what;
    offerGlossary(glossing);
    magnify();
    return true;
  }

  /* In an open document: the glossary of the active quote, where its card has one. */
  function offerGlossary(open = Boolean($(".yj-reader [data-glossary][open]"))) {
    const head = $(".yj-panel-body .yj-reader > header");
    $("[data-glossary]", head)?.remove();
    const span = opened.spans.find(([number]) => number === opened.active);
    const own = span && [...document.querySelectorAll(`#yj-thread [data-turn="${shown}"] .yj-store [data-glossary]`)]
      .find(({ dataset }) => dataset.document === opened.document && +dataset.start === span[1] && +dataset.end === span[2]);
    if (own) head.append(own.cloneNode(true));
    if (own && open) head.lastChild.open = true;
  }

  async function gloss(list) {
    const { document: of, start, end } = list.dataset;
    const into = list.children[1] || list.appendChild(document.createElement("div"));
    list.setAttribute("aria-busy", "true");
    let html = "";
    try {
      html = await window.yinjuServer.glossary({ document: of, start, end, language: root.lang });
    } catch { /* the server is gone */ }
    list.removeAttribute("aria-busy");
    into.innerHTML = html;
    if (!html) list.open = false;
    into.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    const head = list.closest(".yj-reader > header");
    const quote = head && $(".yj-document [data-span].yj-quote, .yj-source [data-span].yj-quote");
    if (!quote) return;
    $(".yj-panel-body").style.scrollPaddingTop = `${head.offsetHeight}px`;  // the head stays above the text
    reveal(quote);
  }

  document.addEventListener("toggle", (event) => {
    const list = event.target;
    if (list.matches?.("[data-glossary]") && list.open && !list.querySelector("dl")) gloss(list);
  }, true);

  /* A place of the document whose own page is open, in the panel beside it. */
  async function leaf(button) {
    const { leaf: of, start, end } = button.dataset;
    const spans = Number(end) ? [[1, Number(start), Number(end)]] : [];
    opener = button;
    for (const other of document.querySelectorAll("[data-leaf][aria-current]")) other.removeAttribute("aria-current");
    if (!await put({ document: of, spans, active: spans.length })) return;
    button.setAttribute("aria-current", "true");
    root.classList.add("yj-has-evidence", "yj-panel-open");
    $(".yj-panel-body").scrollTop = 0;
    if (spans.length) jump(1);
    else focus($(".yj-panel"));
  }

  const looking = () => $('[data-look][aria-pressed="true"]')?.dataset.look;

  async function lookAt(view) {
    if (!opened || !await put(opened, view)) return;
    $(`[data-look="${view}"]`)?.focus({ preventScroll: true });
    const quote = $(`[data-span="${opened.active}"]`);
    if (quote) reveal(quote);
  }

  async function jump(number) {
    const body = $(".yj-panel-body");
    opened = { ...opened, active: Number(number) };
    const frame = $(".yj-frame", body);
    offerGlossary();
    if (!frame && !$(`[data-span="${number}"]`, body)) await put(opened, looking());  // further on in a long file
    if (frame) frame.src = `${frame.dataset.address}&active=${number}#yj-${number}`;
    for (const mark of body.querySelectorAll("[data-span]")) {
      const active = mark.dataset.span === String(number);
      mark.classList.toggle("yj-quote", active);
      mark.classList.toggle("yj-quote-other", !active);
      if (active) mark.tabIndex = -1;
    }
    for (const chip of body.querySelectorAll("[data-jump]")) {
      if (chip.dataset.jump === String(number)) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
    const quote = $(`[data-span="${number}"]`, body);
    if (quote) { focus(quote); reveal(quote); }
  }

  /* Pages are as wide as the panel, or wider until a cited line is 17 pixels high; "in" and "out" go on from there. */
  function magnify(step) {
    const pages = $(".yj-pages");
    if (!pages) return;
    const line = Number(pages.dataset.line) * pages.clientWidth;
    const now = Number(pages.style.getPropertyValue("--yj-zoom")) || 1;
    const zoom = step ? now * (step === "in" ? 1.25 : 0.8) : line ? 17 / line : 1;
    pages.style.setProperty("--yj-zoom", Math.min(5, Math.max(1, zoom)).toFixed(3));
    const quote = step && $(`[data-span="${opened.active}"]`, pages);
    if (quote) quote.scrollIntoView({ block: "center", inline: "center" });
  }

  function back() {
    const number = opened?.active;
    fill($(`#yj-thread [data-turn="${shown}"]`));
    const card = number && $(`.yj-panel-body [data-card="${number}"]`);
    if (card) highlight(card);
  }

  function close() {
    root.classList.remove("yj-panel-open", "yj-has-evidence");
    $("[data-leaf][aria-current]")?.removeAttribute("aria-current");
    if (opener?.isConnected) opener.focus();
    else yinju.refocus();
  }

  function clear() {
    root.classList.remove("yj-has-evidence", "yj-panel-open");
    opened = opener = null;
  }

  const ACTIONS = "[data-cite], [data-open], [data-close], [data-read], [data-back], [data-jump], [data-look], [data-zoom], [data-leaf]";

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(ACTIONS);
    if (!button) return;
    hideTip();
    if (button.matches("[data-close]")) close();
    else if (button.matches("[data-read]")) read(button.closest("[data-card]"));
    else if (button.matches("[data-back]")) back();
    else if (button.matches("[data-jump]")) jump(button.dataset.jump);
    else if (button.matches("[data-look]")) lookAt(button.dataset.look);
    else if (button.matches("[data-zoom]")) magnify(button.dataset.zoom);
    else if (button.matches("[data-leaf]")) leaf(button);
    else show(button.closest("[data-turn]"), button.dataset.cite, button);
  });

  /* ---- the quote beside a mark, on hover and on focus ---- */

  let tip = null;

  function showTip(mark) {
    if (!tip) {
      tip = document.createElement("div");
      tip.id = "yj-tip";
      tip.setAttribute("role", "tooltip");
      tip.append(document.createElement("p"), document.createElement("small"));
      document.body.append(tip);
    }
    tip.firstChild.textContent = mark.dataset.quote;
    tip.lastChild.textContent = mark.dataset.from;
    tip.hidden = false;
    mark.setAttribute("aria-describedby", "yj-tip");
    const at = mark.getBoundingClientRect();
    const left = Math.max(12, Math.min(at.left - 24, innerWidth - tip.offsetWidth - 12));
    const above = at.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  }

  /* Tells whether there was one. */
  function hideTip() {
    if (!tip || tip.hidden) return false;
    tip.hidden = true;
    $('[aria-describedby="yj-tip"]')?.removeAttribute("aria-describedby");
    return true;
  }

  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(enter, (event) => {
      const mark = event.target.closest?.(".yj-mark[data-quote]");
      if (mark && (enter === "focusin" ? mark.matches(":focus-visible") : matchMedia("(hover: hover)").matches)) showTip(mark);
    });
    document.addEventListener(leave, (event) => { if (event.target.closest?.(".yj-mark")) hideTip(); });
  }

  /* ---- called by yinju.js and talk.js ---- */

  window.yinjuEvidence = {
    fill,
    refill() {
      const turn = shown && $(`#yj-thread [data-turn="${shown}"]`);
      if (turn) fill(turn);
    },
    replaced(turn, other) { if (shown === turn.dataset.turn) fill(other); },
    spans: () => (root.classList.contains("yj-panel-open") && opened?.spans) || [],
    clear,
    forget() { shown = null; clear(); },
    escape(from) { if (root.classList.contains("yj-panel-open") && (narrow() || from.closest(".yj-panel"))) close(); },
    hideTip,
  };
})();
