// The story form's two helpers: reads a pasted dateline, and says when another story has the same full story.
// Both only tell and offer; the form works without them.
(function () {
  "use strict";

  const ask = (url, query) =>
    fetch(url + "?" + new URLSearchParams(query), { headers: { Accept: "application/json" } }).then((answer) =>
      answer.ok ? answer.json() : {},
    );

  const field = (name) => document.getElementById("id_" + name);

  const put = (name, value) => {
    const input = field(name);
    if (!input || !value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  function helpWithDateline(box) {
    const pasted = box.querySelector("input");
    const result = box.querySelector("[role=status]");
    const fill = box.querySelector("[data-dateline-fill]");
    let found = {};
    pasted.addEventListener("input", async () => {
      found = pasted.value.trim() ? await ask(box.dataset.url, { text: pasted.value, near: field("dated_on")?.value || "" }) : {};
      fill.hidden = !found.source;
      result.textContent = found.source
        ? [found.date, found.place, found.source].filter(Boolean).join(" · ")
        : pasted.value.trim()
          ? box.dataset.refused
          : "";
    });
    fill.addEventListener("click", () => {
      put("place", found.place);
      put("source_dated_on", found.date);
      if (found.source_id) put("source", String(found.source_id));
      fill.hidden = true;
    });
  }

  function warnOfTwins(box) {
    const address = field("full_story_url");
    if (!address) return;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.className = "help-block help-warning";
    note.hidden = true;
    address.insertAdjacentElement("afterend", note);
    const story = (location.pathname.match(/pages\/(\d+)\/edit/) || [])[1] || "";
    address.addEventListener("change", async () => {
      const answer = address.value ? await ask(box.dataset.twinsUrl, { url: address.value, story }) : {};
      const twins = answer.stories || [];
      note.hidden = !twins.length;
      note.replaceChildren(box.dataset.same + " ");
      twins.forEach((twin) => {
        const link = document.createElement("a");
        link.href = twin.url;
        link.textContent = twin.title;
        note.append(link, " ");
      });
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-dateline-helper]");
    if (!box) return;
    helpWithDateline(box);
    warnOfTwins(box);
  });
})();
