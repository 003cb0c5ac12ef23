/* What the kept pages say in words. Plain logic. */
import { day, daysBetween, hour } from "../lib/dates";
import { formatMoney } from "../lib/money";
import type { Client, Invoice, Line, Money } from "./kept";
import { t } from "./strings";

export const amount = (money: Money, cents = false): string => formatMoney(money.amount, { currency: money.currency, cents });

const shortDay = (on: string): string => day(new Date(`${on}T12:00:00Z`)).slice(0, 5);
export const fullDay = (on: string): string => day(new Date(`${on}T12:00:00Z`));

/* From when figures are: the hour today, else the day too. */
export function since(at: string, now: Date = new Date()): string {
  const then = new Date(at);
  const days = daysBetween(then, now);
  if (days <= 0) return t("since", { when: hour(then) });
  return days === 1 ? t("yesterday", { hour: hour(then) }) : t("sinceLong", { day: day(then), hour: hour(then) });
}

export type Tone = "" | "is-grave" | "is-bad" | "is-warn";

export const insolvency = (code: string): string => (code === "safeguard" || code === "receivership" || code === "liquidation" ? t(code) : t("blocked"));

/* The one fact that matters, as in the list of the server. */
export function fact(line: Line): { text: string; tone: Tone } {
  if (line.insolvency) return { text: insolvency(line.insolvency), tone: "is-grave" };
  if (line.overdue.amount > 0) return { text: t("late", { amount: amount(line.overdue), n: line.days_overdue ?? 0 }), tone: "is-bad" };
  if (line.promised_on) return { text: t("promised", { day: shortDay(line.promised_on) }), tone: "" };
  return { text: t(line.outstanding.amount < 0 ? "creditor" : "fine"), tone: "" };
}

/* How much of the limit is used, in words; null where it is not the reader's to know. */
export function use(line: Line): string | null {
  if (!line.sees_limit) return null;
  if (line.insolvency) return t("blocked");
  if (line.no_limit) return t("noLimit");
  return line.utilisation === null ? t("zeroLimit") : t("percent", { n: line.utilisation });
}

export function standing(invoice: Invoice): { text: string; tone: Tone } {
  if (invoice.kind === "credit_note") return { text: t("credit"), tone: "" };
  if (invoice.late > 0) return { text: t("overdueSince", { n: invoice.late }), tone: "is-bad" };
  return { text: t("dueOn", { day: fullDay(invoice.due_on) }), tone: "" };
}

export interface Bar { kind: "due" | "nd" | "over" | "lim"; x: number; width: number }

/* The parts of the gauge in percent of its width: overdue, not due, beyond the limit, and where the limit stands. */
export function bars(client: Client): Bar[] {
  const limit = client.limit?.amount;
  if (limit === undefined) return [];
  const used = Math.max(client.outstanding.amount, 0);
  const scale = Math.max(limit, used, 1);
  const share = (part: number): number => Math.round((part * 10_000) / scale) / 100;
  const late = Math.min(Math.max(client.overdue.amount, 0), used);
  const parts: Bar[] = [
    { kind: "due", x: 0, width: share(late) },
    { kind: "nd", x: share(late), width: share(used - late) },
    { kind: "over", x: share(limit), width: share(Math.max(used - limit, 0)) },
  ];
  return [...parts.filter(({ width }) => width > 0), { kind: "lim", x: share(limit), width: 0 }];
}

/* `geo:` opens the device's own map. */
export function directions(client: Client): string | null {
  const place = [client.street, [client.postcode, client.city].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  return place ? `geo:0,0?q=${encodeURIComponent(place)}` : null;
}
