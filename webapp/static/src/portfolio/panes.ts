/* One shell stands for the list and for what is beside it: which of them a phone shows, and which is the page's main part. */
export function turnTo(view: "list" | "main"): void {
  const app = document.querySelector<HTMLElement>(".app");
  if (!app || app.dataset.view === view) return;
  app.dataset.view = view;
  const [list, main] = [app.querySelector<HTMLElement>(".pane--list"), app.querySelector<HTMLElement>(".pane--main")];
  if (!list || !main) return;
  // A landmark is what its element says: the two change names.
  const [shown, beside] = view === "main" ? [main, list] : [list, main];
  const label = shown.getAttribute("aria-label") ?? "";
  renamed(beside, "section", { "aria-label": view === "main" ? list.querySelector("h1")?.textContent ?? label : label });
  renamed(shown, "main", { id: "contenu", tabindex: "-1" });
}

function renamed(pane: HTMLElement, tag: string, named: Record<string, string>): void {
  const other = document.createElement(tag);
  for (const { name, value } of pane.attributes) if (!["id", "tabindex", "aria-label"].includes(name)) other.setAttribute(name, value);
  for (const [name, value] of Object.entries(named)) other.setAttribute(name, value);
  other.append(...pane.childNodes);
  pane.replaceWith(other);
}
