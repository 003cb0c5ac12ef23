/* What is wrong with a report, each beside its field. */
const MARK = "data-said";

function entryOf(form: HTMLFormElement, name: string): HTMLElement | null {
  const found = form.elements.namedItem(name);
  return found instanceof RadioNodeList ? (found[0] as HTMLElement | undefined) ?? null : (found as HTMLElement | null);
}

/* Where it is said: under the pad for a signature, for which the form has a hidden field. */
function placeOf(form: HTMLFormElement, name: string, entry: HTMLElement | null): Element | null {
  if (name === "signed.signature") return form.querySelector("[data-signature-pad-target=pad]:not([hidden]), [data-signature-pad-target=file]");
  return entry?.closest(".fs, .section") ?? null;
}

/* Of one entry (`name` where a whole part of the form stands for it), or all of them. */
export function clearFaults(form: HTMLFormElement, entry?: Element, name = entry?.getAttribute("name")): void {
  for (const line of form.querySelectorAll(`[${MARK}]`)) {
    if (!entry || line.getAttribute(MARK) === name) line.remove();
  }
  for (const marked of entry ? [entry] : form.querySelectorAll("[aria-invalid]")) {
    marked.removeAttribute("aria-invalid");
    if (marked.getAttribute("aria-describedby")?.startsWith("said-")) marked.removeAttribute("aria-describedby");
  }
}

/* True when a place was found for it; folds that hide it open. */
export function showFault(form: HTMLFormElement, template: HTMLTemplateElement, name: string, text: string): boolean {
  const entry = entryOf(form, name === "signed.signature" ? "signature" : name);
  const place = placeOf(form, name, entry);
  const line = template.content.firstElementChild?.cloneNode(true);
  const words = line instanceof HTMLElement ? line.querySelector("span") : null;
  if (!place || !words || !(line instanceof HTMLElement)) return false;
  words.textContent = text;
  line.id = `said-${name.replace(".", "-")}`;
  line.setAttribute(MARK, entry?.getAttribute("name") ?? name);
  place.append(line);
  const fold = place.closest("details");
  if (fold) fold.open = true;
  if (entry?.matches("input:not([type=file]), textarea")) {
    entry.setAttribute("aria-invalid", "true");
    if (!entry.hasAttribute("aria-describedby")) entry.setAttribute("aria-describedby", line.id);
  }
  return true;
}

/* The first of them, in the order of the page, is where the person goes on. */
export function goToFault(form: HTMLFormElement): void {
  const line = form.querySelector<HTMLElement>(`[${MARK}]`);
  const entry = form.querySelector<HTMLElement>("[aria-invalid]");
  line?.scrollIntoView({ block: "center" });
  if (entry && line?.parentElement?.contains(entry)) entry.focus({ preventScroll: true });
}
