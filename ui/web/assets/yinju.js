/* What Gradio's components do not do: the conversation's turns and its address, theme and language, what lies over it.
 *
 * Works on attributes that the templates of ui/web/html write:
 *   data-turn      a finished turn
 *   data-view      shows "chat", "library", "settings" or "book"
 *   data-folder    a folder of the library; it stays closed once it was closed
 * The panel with the evidence is in evidence.js, what is done with an answer in talk.js.
 */
(() => {
  "use strict";
  const evidence = window.yinjuEvidence;
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const inside = (name) => root.classList.contains(`yj-in-${name}`);
  const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#yj-drawer, #yj-open-drawer")) root.classList.remove("yj-drawer-open");
    const button = event.target.closest?.("[data-view]");
    if (button) view(button.dataset.view);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || evidence.hideTip()) return;
    if (root.classList.contains("yj-drawer-open")) { root.classList.remove("yj-drawer-open"); $("#yj-open-drawer")?.focus(); }
    else evidence.escape(event.target);
  });

  /* ---- a turn begins and ends ---- */

  let turns = 0;
  let current = "";  // the id of the conversation on the page
  let wasLive = false;
  let unfolded = false;  // whether what a model thinks is looked at

  document.addEventListener("click", (event) => {
    const thought = event.target.closest?.("#yj-live .yj-thought > summary")?.parentElement;
    if (thought) unfolded = !thought.open;  // the click is about to turn it
  });

  // Gradio patches the page in place: the next piece of a thought takes "open" away, and nothing is added or removed.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("#yj-live .yj-thought")) event.target.open = unfolded;
  }, true);

  function look() {
    const finished = document.querySelectorAll("#yj-thread [data-turn]");
    const live = $("#yj-live .yj-turn");
    address(finished.length);
    root.classList.toggle("yj-talking", Boolean(finished.length || live));
    root.classList.toggle("yj-asking", Boolean(live));
    if (live && !wasLive) { live.scrollIntoView({ block: "start" }); announce(live.querySelector(".yj-waiting")?.textContent); }
    if (finished.length > turns) {
      unfolded = false;
      const last = target() || finished[finished.length - 1];
      evidence.fill(last);
      last.scrollIntoView({ block: "start" });
      announce($(".yj-answer", last)?.textContent);
    }
    turns = finished.length;
    wasLive = Boolean(live);
    settle();
    for (const folder of document.querySelectorAll("[data-folder]")) if (closed.has(folder.dataset.folder)) folder.open = false;
  }

  const closed = new Set();  // folders of the library, by their paths

  document.addEventListener("click", (event) => {
    const folder = event.target.closest?.("[data-folder] > summary")?.parentElement;
    if (folder?.open) closed.add(folder.dataset.folder);  // it closes by this click
    else if (folder) closed.delete(folder.dataset.folder);
  });

  /* The address names the conversation, so that a reload or a link opens it again. */
  function address(count) {
    if (!("yjReady" in root.dataset)) return;
    const id = $("#yj-thread [data-conversation]")?.dataset.conversation || "";
    if (id === current) return;
    root.classList.remove("yj-drawer-open", ...OVER.map((over) => `yj-in-${over}`));
    if (current || !count) {  // another one was opened, or a new one begun
      turns = 0;
      evidence.forget();
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

  const OVER = ["library", "settings", "book"];
  let book = null;  // the line of the library that was opened

  function view(name) {
    const next = inside(name) ? "chat" : name;
    const left = inside("book");
    for (const over of OVER) {
      root.classList.toggle(`yj-in-${over}`, over === next);
      $(`#yj-open-${over}`)?.setAttribute("aria-pressed", String(over === next || (over === "library" && next === "book")));
    }
    if (left || next === "book") {  // the panel is the conversation's again, or the document's
      evidence.clear();
      if (next !== "book") evidence.refill();
    }
    const line = left && next === "library" && book && $(`[data-open-book="${CSS.escape(book)}"]`);
    (line || $(`#yj-${next} [data-view]`) || $("#yj-ask textarea"))?.focus();
  }

  let settled = null;  // the page of a document that was last looked after
  let at = "";         // what had the focus in it, as a selector: the page is drawn anew as more of it is made

  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest("#yj-book")) return;
    const { leaf: of, start, end, put: question } = target.dataset;
    at = of ? `[data-start="${start}"][data-end="${end}"]` : question ? `[data-put="${CSS.escape(question)}"]` : "";
  });

  function settle() {
    const page = $("#yj-book .yj-book-page");
    if (!page || page === settled || !inside("book")) return;
    settled = page;
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost) ((at && $(at, page)) || $("h2", page)).focus({ preventScroll: true });
    const [span] = evidence.spans();
    if (span) $(`[data-start="${span[1]}"][data-end="${span[2]}"]`, page)?.setAttribute("aria-current", "true");
  }

  function openBook(button) {
    book = button.dataset.openBook;
    at = "";
    const page = $("#yj-book .yj-book-page");
    if (page && page.dataset.book !== book) page.remove();  // nobody is to read the one before meanwhile
    if (!inside("book")) view("book");
  }

  /* ---- called by the page's events (ui/web/views/page.py) ---- */

  window.yinju = {
    view,
    openBook,
    chat() { if (OVER.some(inside)) view("chat"); },
    drawer() { root.classList.toggle("yj-drawer-open"); },
    announce,
    linked: () => linked()[0],
    languages: () => remembered("yinju.language") || navigator.languages.join(","),
    theme,
    chooseTheme(chosen) { remember("yinju.theme", chosen); paint(); },
    keepLanguage: (language) => remember("yinju.language", language),
    speak(language) {
      if (inside("book") && root.lang !== language) view("library");  // it speaks the language it was opened in
      root.lang = language;
      paint();
      evidence.refill();  // the panel was drawn anew in the other language
      if (!("yjReady" in root.dataset) && matchMedia("(hover: hover)").matches) $("#yj-ask textarea")?.focus();
      root.dataset.yjReady = "";
      look();  // what was loaded is on the page already
    },
    refocus() { if (inside("book") && at) $(at, $("#yj-book"))?.focus(); },
    forget() {
      if (OVER.some((over) => root.classList.contains(`yj-in-${over}`))) view("chat");
      evidence.forget();
    },
  };

  // Gradio puts this script into the head when the page has loaded already.
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  setTimeout(() => { root.dataset.yjReady = ""; }, 15000);  // never stay hidden
})();
