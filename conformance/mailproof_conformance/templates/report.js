"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // Copying: the clipboard where the browser gives it to a page from a file, else by way of a selection.
  const say = document.getElementById("said");
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.readOnly = true;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const text = button.closest(".command").querySelector("pre").textContent;
    const done = await copied(text);
    button.textContent = done ? "copied" : "not copied";
    say.textContent = done ? "Copied to the clipboard." : "The browser did not let the page copy.";
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  });

  // The list of cases: what fits the filter, the first of it until more is asked for.
  const form = document.getElementById("filter");
  const list = document.getElementById("case-list");
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const step = 50;
  let shown = step;
  const items = [...list.children].map((item) => ({
    item, verdict: item.dataset.v, kind: item.dataset.k, operations: ` ${item.dataset.o} `,
    text: item.textContent.toLowerCase(),
  }));
  const apply = () => {
    const { text, verdict, kind, operation } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let fits = 0;
    for (const entry of items) {
      const fit = (!verdict.value || entry.verdict === verdict.value) && (!kind.value || entry.kind === kind.value)
        && (!operation.value || entry.operations.includes(` ${operation.value} `))
        && words.every((part) => entry.text.includes(part));
      if (fit) fits += 1;
      const hidden = !fit || fits > shown;
      if (entry.item.hidden !== hidden) entry.item.hidden = hidden;
    }
    const visible = Math.min(fits, shown);
    count.textContent = `${fits.toLocaleString("en")} of ${items.length.toLocaleString("en")} cases`
      + (visible < fits ? `, the first ${visible.toLocaleString("en")} shown` : "");
    more.hidden = visible >= fits;
  };
  const anew = () => { shown = step; apply(); };
  let waiting = 0;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(anew, 80); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(anew, 0));
  more.addEventListener("click", () => { shown += 20 * step; apply(); });

  // Links into the list choose what it shows: data-verdict, data-kind, data-operation.
  const choose = (wanted) => {
    for (const name of ["text", "verdict", "kind", "operation"]) form.elements[name].value = wanted[name] ?? "";
    anew();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show]");
    if (link) choose(link.dataset);
  });

  // A link to something inside a closed part opens it.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not(.long)")) part.open = true;
  });
  apply();
  reveal();
})();
