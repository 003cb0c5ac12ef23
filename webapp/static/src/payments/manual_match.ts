/* Sums of the form that matches by hand, in minor units. */
import type { Language } from "../lib/i18n";

export interface Line {
  amount: number;
  sign: number;
}

/* What is left of the money once invoices took theirs; credit notes add to it. */
export function rest(money: number, lines: readonly Line[]): number {
  return lines.reduce((left, line) => left - line.sign * line.amount, money);
}

/* An amount as it is put into a field. */
export function written(minor: number, lang: Language): string {
  return `${Math.floor(minor / 100)}${lang === "en" ? "." : ","}${String(minor % 100).padStart(2, "0")}`;
}
