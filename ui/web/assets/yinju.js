/* What Gradio's components do not do: marks that open their evidence, the panel, theme and language.
 *
 * Works on attributes that ui/web/html/conversation.py writes:
 *   data-turn      a finished turn; its hidden .yj-store holds the cards of its evidence
 *   data-cite      a mark: shows the card of this number of its turn
 *   data-card      a card in a store or in the panel
 *   data-open      opens the panel with the turn's evidence      data-close   closes it
 *   data-read      opens the whole document of its card          data-back    returns to the cards
 *   data-jump      in an open document: goes to another citation's sentence, which is marked by data-span
 *   data-look      in an open document: shows its "text", "pages", "source" or "web" page
 *   data-zoom      magnifies the pages, "in" or "out"
 *   data-quote, data-from   what a mark's tooltip says
 *   data-view      shows "chat", "library" or "settings"
 * What is done with an answer is in talk.js.
 * What goes in is cloned nodes and text; the one string that becomes HTML is the reader, which the server has escaped.
 */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const narrow = () => matchMedia("(max-width: 999px)").matches;
  const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };

  let shown = null;   // the turn whose evidence is in the panel
  let opener = null;  // what gets the focus back when the panel closes

  /* ---- evidence ---- */

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

  let opened = null;  // the document in the panel: { document, spans, active }

  /* The whole document of a card, at the exact sentence; the card stays if the document can't be had. */
  async function read(card) {
    const of = card.dataset.document;
    const spans = [...card.parentElement.querySelectorAll("[data-card]")]
      .filter((other) => other.dataset.document === of)
      .map((other) => [other.dataset.card, other.dataset.start, other.dataset.end].map(Number));
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
    body.innerHTML = html;
    opened = what;
    magnify();
    return true;
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
    if (opener?.isConnected) opener.focus();
  }

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  const ACTIONS = "[data-cite], [data-open], [data-close], [data-read], [data-back], [data-jump], [data-look], [data-zoom], [data-view]";

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#yj-drawer, #yj-open-drawer")) root.classList.remove("yj-drawer-open");
    const button = event.target.closest?.(ACTIONS);
    if (!button) return;
    hideTip();
    if (button.matches("[data-close]")) close();
    else if (button.matches("[data-read]")) read(button.closest("[data-card]"));
    else if (button.matches("[data-back]")) back();
    else if (button.matches("[data-jump]")) jump(button.dataset.jump);
    else if (button.matches("[data-look]")) lookAt(button.dataset.look);
    else if (button.matches("[data-zoom]")) magnify(button.dataset.zoom);
    else if (button.matches("[data-view]")) view(button.dataset.view);
    else show(button.closest("[data-turn]"), button.dataset.cite, button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (tip && !tip.hidden) hideTip();
    else if (root.classList.contains("yj-drawer-open")) { root.classList.remove("yj-drawer-open"); $("#yj-open-drawer")?.focus(); }
    else if (root.classList.contains("yj-panel-open") && (narrow() || event.target.closest(".yj-panel"))) close();
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

  function hideTip() {
    if (tip) tip.hidden = true;
    $('[aria-describedby="yj-tip"]')?.removeAttribute("aria-describedby");
  }

  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(enter, (event) => {
      const mark = event.target.closest?.(".yj-mark[data-quote]");
      if (mark && (enter === "focusin" ? mark.matches(":focus-visible") : matchMedia("(hover: hover)").matches)) showTip(mark);
    });
    document.addEventListener(leave, (event) => { if (event.target.closest?.(".yj-mark")) hideTip(); });
  }

  /* ---- a turn begins and ends ---- */

  let turns = 0;
  let current = "";  // the id of the conversation on the page
  let wasLive = false;

  function look() {
    const finished = document.querySelectorAll("#yj-thread [data-turn]");
    const live = $("#yj-live .yj-turn");
    address(finished.length);
    root.classList.toggle("yj-talking", Boolean(finished.length || live));
    root.classList.toggle("yj-asking", Boolean(live));
    if (live && !wasLive) { live.scrollIntoView({ block: "start" }); announce(live.querySelector(".yj-waiting")?.textContent); }
    if (finished.length > turns) {
      const last = target() || finished[finished.length - 1];
      fill(last);
      last.scrollIntoView({ block: "start" });
      announce($(".yj-answer", last)?.textContent);
    }
    turns = finished.length;
    wasLive = Boolean(live);
  }

  /* The address names the conversation, so that a reload or a link opens it again. */
  function address(count) {
    if (!("yjReady" in root.dataset)) return;
    const id = $("#yj-thread [data-conversation]")?.dataset.conversation || "";
    if (id === current) return;
    root.classList.remove("yj-drawer-open", ...OVER.map((over) => `yj-in-${over}`));
    if (current || !count) {  // another one was opened, or a new one begun
      shown = opener = null;
      turns = 0;
      root.classList.remove("yj-has-evidence", "yj-panel-open");
    }
    current = id;
    if (linked()[0] === id) return;  // a link to one of its answers stays as it is
    history.replaceState(null, "", id ? `#${id}` : location.pathname + location.search);
  }

  /* The conversation that the address names, and the number of the answer it points at, where it does. */
  function linked() {
    const found = location.hash.match(/^#([0-9a-f]{32})(?:\/(\d+))?$/);
    return found ? [found[1], found[2]] : ["", undefined];
  }

  /* The answer that the address points at: once, when the page has loaded. */
  let pointed = false;

  function target() {
    const [id, number] = linked();
    if (pointed || !number || id !== current) return null;
    pointed = true;
    return $(`#yj-thread [data-turn="${number}"]`);
  }

  addEventListener("hashchange", () => location.reload());  // a link was put into the address bar

  function announce(text) {
    let region = $("#yj-status");
    if (!region) {
      region = document.createElement("div");
      region.id = "yj-status";
      region.setAttribute("role", "status");
      document.body.append(region);
    }
    region.textContent = text || "";
  }

  /* ---- light and dark: the system's, until one is chosen ---- */

  const system = matchMedia("(prefers-color-scheme: dark)");

  const theme = () => remembered("yinju.theme") || "system";

  function paint() {
    const dark = theme() === "system" ? system.matches : theme() === "dark";
    document.body.classList.toggle("dark", dark);
    root.classList.toggle("yj-dark", dark);
  }

  system.addEventListener("change", paint);

  /* ---- the conversation, or the library or the settings over it ---- */

  const OVER = ["library", "settings"];

  function view(name) {
    const shown = root.classList.contains(`yj-in-${name}`) ? "chat" : name;
    for (const over of OVER) {
      root.classList.toggle(`yj-in-${over}`, over === shown);
      $(`#yj-open-${over}`)?.setAttribute("aria-pressed", String(over === shown));
    }
    ($(`#yj-${shown} [data-view]`) || $("#yj-ask textarea"))?.focus();
  }

  /* ---- called by the page's events (ui/web/views/page.py) ---- */

  window.yinju = {
    view,
    drawer() { root.classList.toggle("yj-drawer-open"); },
    announce,
    linked: () => linked()[0],
    languages: () => remembered("yinju.language") || navigator.languages.join(","),
    theme,
    chooseTheme(chosen) { remember("yinju.theme", chosen); paint(); },
    keepLanguage: (language) => remember("yinju.language", language),
    speak(language) {
      root.lang = language;
      paint();
      const turn = shown && $(`[data-turn="${shown}"]`);
      if (turn) fill(turn);  // the panel was drawn anew in the other language
      if (!("yjReady" in root.dataset) && matchMedia("(hover: hover)").matches) $("#yj-ask textarea")?.focus();
      root.dataset.yjReady = "";
      look();  // what was loaded is on the page already
    },
    replaced(turn, other) { if (shown === turn.dataset.turn) fill(other); },
    forget() {
      if (OVER.some((over) => root.classList.contains(`yj-in-${over}`))) view("chat");
      shown = opener = null;
      root.classList.remove("yj-has-evidence", "yj-panel-open");
    },
  };

  // Gradio puts this script into the head when the page has loaded already.
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  setTimeout(() => { root.dataset.yjReady = ""; }, 15000);  // never stay hidden
})();
