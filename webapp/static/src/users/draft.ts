/* What someone has written in a form, apart from the DOM's events: read, compare, put back. */
export type Written = Record<string, string>;

/* A draft older than this is no longer what the person had in mind. */
export const KEPT_DAYS = 7;

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const TEXT = new Set(["text", "email", "tel", "number", "url", "search", "date"]);

/* Fields that are worth keeping: never passwords, files, or what the server put there for itself. */
export function textFields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((element): element is Field => {
    if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return Boolean(element.name);
    return element instanceof HTMLInputElement && Boolean(element.name) && TEXT.has(element.type) && !element.readOnly;
  });
}

const asItCame = (field: Field): string =>
  field instanceof HTMLSelectElement
    ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? ""
    : field.defaultValue;

/* Only what differs from what the server sent. */
export function written(form: HTMLFormElement): Written {
  return Object.fromEntries(textFields(form).filter((field) => field.value !== asItCame(field)).map((field) => [field.name, field.value]));
}

/* Puts a draft back; true when something changed. */
export function putBack(form: HTMLFormElement, draft: Written): boolean {
  let changed = false;
  for (const field of textFields(form)) {
    const kept = draft[field.name];
    if (kept === undefined || kept === field.value) continue;
    field.value = kept;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    changed = true;
  }
  return changed;
}
