/* The fields of an act, to word it anew where it waits; what was chosen from a list stays as it was. */
import type { OutboxItem } from "../lib/store";
import { read, reworded, saidOf, typed, type Field, type Kind } from "./fields";
import { edit } from "./queue";
import { t } from "./strings";

type Entry = HTMLInputElement | HTMLTextAreaElement;
const idOf = ({ name }: Pick<Field, "name">): string => `edit-${name.replace(".", "-")}`;
const changeable = ({ type }: Field): boolean => type !== "choice";

export class EditForm {
  constructor(readonly place: HTMLElement, readonly parts: { input: HTMLTemplateElement; area: HTMLTemplateElement }) {}

  canChange(kind: Kind): boolean {
    return kind.fields.some(changeable);
  }

  fill(kind: Kind, item: OutboxItem): void {
    const fields = this.#fields(kind, item);
    this.place.replaceChildren(...fields.map((field) => this.#draw(field, item)));
    this.#entry(fields[0])?.focus();
  }

  /* `faults`: each stands beside its field. `late`: the act left, or is leaving, as it was worded before. */
  async save(kind: Kind, item: OutboxItem): Promise<"stored" | "faults" | "late"> {
    const fields = this.#fields(kind, item).map(({ when: _when, from: _from, ...field }) => field);
    const said = new Map(fields.map((field) => [field.name, this.#entry(field)?.value ?? ""]));
    const money = fields.map(({ name }) => saidOf(item.payload, name)).find((value) => typeof value === "object" && value !== null && "currency" in value);
    const { payload, faults } = read({ ...kind, fields }, said, (money as { currency: string } | undefined)?.currency);
    for (const field of fields) this.#mark(field, faults.find((fault) => fault.field.name === field.name)?.reason);
    const first = faults[0];
    if (first) { this.#entry(first.field)?.focus(); return "faults"; }
    const emptied = Object.fromEntries(fields.filter(({ name }) => !(name in payload) && saidOf(item.payload, name) !== undefined).map(({ name }) => [name, null]));
    const stored = await edit(item.id, reworded(item.payload, { ...emptied, ...payload }));
    return stored?.state === "waiting" ? "stored" : "late";
  }

  /* What was not asked for (an amount of the whole invoice, a promise where there was none) is not asked for here. */
  #fields(kind: Kind, item: OutboxItem): Field[] {
    return kind.fields.filter((field) => changeable(field) && (field.name in item.payload || (!field.when && this.#hasPart(field, item))));
  }

  #hasPart({ name }: Field, { payload }: OutboxItem): boolean {
    return !name.includes(".") || Boolean(saidOf(payload, name.replace(/\.[^.]*$/, "")));
  }

  #draw(field: Field, item: OutboxItem): HTMLElement {
    const template = field.type === "long" ? this.parts.area : this.parts.input;
    const part = template.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const [label, entry, fault] = [part.querySelector("label"), part.querySelector<Entry>(".field"), part.querySelector(".fs__err")];
    if (!label || !entry || !fault) return part;
    entry.id = idOf(field);
    label.htmlFor = entry.id;
    label.textContent = field.label();
    fault.id = `${entry.id}-error`;
    entry.setAttribute("aria-describedby", fault.id);
    if (entry instanceof HTMLInputElement) {
      entry.type = field.type === "day" ? "date" : "text";
      if (field.type === "money") entry.inputMode = "decimal";
    }
    entry.value = typed(field, item.payload);
    return part;
  }

  #mark(field: Pick<Field, "name">, reason: "required" | "money" | undefined): void {
    const entry = this.#entry(field);
    const fault = entry?.parentElement?.querySelector<HTMLElement>(".fs__err");
    if (!entry || !fault) return;
    if (reason) entry.setAttribute("aria-invalid", "true");
    else entry.removeAttribute("aria-invalid");
    fault.hidden = !reason;
    const words = fault.querySelector("span");
    if (words && reason) words.textContent = t(reason);
  }

  #entry(field: Pick<Field, "name"> | undefined): Entry | null {
    return field ? this.place.querySelector<Entry>(`#${idOf(field)}`) : null;
  }
}
