/* Which day separator stands above a message. */
import { dayKey, daysBetween, longDay } from "../lib/dates";
import { language, type Language } from "../lib/i18n";
import { t } from "./strings";

export function dayLabel(instant: Date, now: Date = new Date(), lang: Language = language()): string {
  const days = daysBetween(instant, now);
  if (days <= 0) return t("today", {}, lang);
  if (days === 1) return t("yesterday", {}, lang);
  const text = longDay(instant, now, lang);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/* For messages in order: the day key where a new day begins, else null. */
export function dayBreaks(instants: readonly string[]): (string | null)[] {
  let last: string | null = null;
  return instants.map((instant) => {
    const key = dayKey(new Date(instant));
    const starts = key !== last;
    last = key;
    return starts ? key : null;
  });
}
