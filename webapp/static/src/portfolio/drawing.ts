/* Fills clones of the page's templates: data-say takes text, data-to an address, data-rows a list; what is around one of
 * them under its name (data-part) goes with it when it has nothing to say. */
export type Said = Record<string, string | number | null | undefined>;

const empty = (value: Said[string]): boolean => value === null || value === undefined || value === "";

export function clone(name: string): HTMLElement {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-kept="${name}"]`);
  return (template?.content.firstElementChild?.cloneNode(true) ?? document.createElement("div")) as HTMLElement;
}

const partOf = (place: HTMLElement, name: string): HTMLElement => place.closest<HTMLElement>(`[data-part="${name}"]`) ?? place;

/* What has nothing to say goes, with the part it stands in. */
export function say(part: HTMLElement, said: Said): HTMLElement {
  for (const place of part.querySelectorAll<HTMLElement>("[data-say]")) {
    const name = place.dataset.say ?? "";
    if (!(name in said)) continue;
    if (empty(said[name])) partOf(place, name).remove();
    else place.textContent = String(said[name]);
  }
  for (const link of part.querySelectorAll<HTMLElement>("[data-to]")) {
    const name = link.dataset.to ?? "";
    if (!(name in said)) continue;
    if (empty(said[name])) link.remove();
    else link.setAttribute(link instanceof HTMLFormElement ? "action" : "href", String(said[name]));
  }
  return part;
}

export function fillList(part: HTMLElement, name: string, rows: readonly HTMLElement[]): void {
  const list = part.querySelector<HTMLElement>(`[data-rows="${name}"]`);
  if (!list) return;
  if (rows.length) list.replaceChildren(...rows);
  else partOf(list, name).remove();
}

export function mark(part: HTMLElement, letter: string | null, known: boolean): void {
  part.querySelector("[data-mark]")?.replaceWith(clone(known ? `risk-${letter ?? "none"}` : "risk-hidden"));
}

export function drawBar(svg: Element, kind: string, x: number, width: number): void {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const heights = kind === "lim" ? { y: "-3", height: "18", rx: "1" } : { height: "12" };
  const attributes = { class: kind, x: `${x}%`, width: kind === "lim" ? "2" : `${width}%`, ...heights };
  for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, value);
  svg.append(rect);
}
