/* From a form to what a command takes, and back to words. Plain logic but for reading the form's own data. */
import { day } from "../lib/dates";
import { language, type Language } from "../lib/i18n";
import { formatMoney, parseMoney } from "../lib/money";
import type { OutboxItem } from "../lib/store";

/* `choice`: a code, whose words the form knows. `from`: the form's name for it, when it is another one.
 * `promise.amount` is the amount of the part `promise`. */
export interface Field {
  name: string;
  type: "money" | "day" | "text" | "long" | "choice";
  label: () => string;
  from?: string;
  required?: boolean;
  when?: [name: string, value: string]; // only when the form says so
}

/* A kind of act that this device may keep: one declaration a kind, beside its feature (see kinds.ts). */
export interface Kind {
  name: string;
  icon: string;
  title: () => string;
  fields: Field[];
}

interface Money { amount: number; currency: string }
export interface Fault { field: Field; from: string; reason: "required" | "money" }
export interface Read { payload: Record<string, unknown>; faults: Fault[] }

type Said = Record<string, unknown>;

/* What a payload says under a name, which may lead into a part. */
export function saidOf(payload: Said, name: string): unknown {
  return name.split(".").reduce<unknown>((part, key) => (part as Said | null | undefined)?.[key], payload);
}

/* A payload with these said otherwise, parts of parts included. */
export function reworded(payload: Said, change: Said): Said {
  const next = { ...payload };
  for (const [name, value] of Object.entries(change)) {
    const [part = name, inner] = name.split(".");
    next[part] = inner === undefined ? value : { ...(next[part] as Said | undefined), [inner]: value };
  }
  return next;
}

const asTyped = (field: Field, text: string, currency: string, lang: Language): unknown => {
  if (field.type !== "money") return text;
  const amount = parseMoney(text, lang);
  return amount === null ? undefined : ({ amount, currency } satisfies Money);
};

/* What the fields say; what is left empty is left out. */
export function read(kind: Kind, data: ReadonlyMap<string, string>, currency = "EUR", lang: Language = language()): Read {
  const payload: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const field of kind.fields) {
    if (field.when && data.get(field.when[0]) !== field.when[1]) continue;
    const from = field.from ?? field.name;
    const text = (data.get(from) ?? "").trim();
    if (!text) {
      if (field.required) faults.push({ field, from, reason: "required" });
      continue;
    }
    const value = asTyped(field, text, currency, lang);
    if (value === undefined) faults.push({ field, from, reason: "money" });
    else payload[field.name] = value;
  }
  return { payload, faults };
}

/* As a person types it into a field. */
export function typed(field: Field, payload: Record<string, unknown>, lang: Language = language()): string {
  const value = saidOf(payload, field.name);
  if (value === undefined || value === null) return "";
  if (field.type !== "money") return String(value);
  const { amount } = value as Money;
  const text = `${Math.floor(Math.abs(amount) / 100)}.${String(Math.abs(amount) % 100).padStart(2, "0")}`.replace(/\.00$/, "");
  return (amount < 0 ? "-" : "") + (lang === "en" ? text : text.replace(".", ","));
}

/* What was written, one line a field, in words. */
export function lines(kind: Kind, item: OutboxItem, lang: Language = language()): { label: string; text: string }[] {
  return kind.fields.flatMap((field) => {
    const value = saidOf(item.payload, field.name);
    if (value === undefined || value === null || value === "") return [];
    let text = String(item.words?.[field.name] ?? value);
    if (field.type === "money") text = formatMoney((value as Money).amount, { currency: (value as Money).currency, cents: true, lang });
    if (field.type === "day") text = day(new Date(`${String(value)}T12:00:00Z`), lang);
    return [{ label: field.label(), text }];
  });
}
