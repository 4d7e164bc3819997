// Offers names and titles under a search box while somebody types. The box works without.
for (const box of document.querySelectorAll('form[action="/search/"] input[name="q"]')) {
  const list = document.createElement("datalist");
  list.id = `suggestions-${box.id || "q"}`;
  box.after(list);
  box.setAttribute("list", list.id);
  box.setAttribute("autocomplete", "off");
  let found = [], timer, asked = "";
  const ask = async () => {
    const typed = box.value.trim();
    if (typed.length < 2 || typed === asked) return;
    asked = typed;
    const answer = await fetch(`/search/suggest/?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer || !answer.ok || typed !== box.value.trim()) return;
    found = await answer.json();
    list.replaceChildren(...found.map(({ text, kind }) => new Option(kind, text)));
  };
  box.addEventListener("input", (event) => {
    const chosen = found.find(({ text }) => text === box.value);
    // Chosen from the list, not typed: go where it leads.
    if (chosen && !event.inputType?.startsWith("insertText")) location.assign(chosen.url);
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
}
