/* Instants are UTC; people read them in the company's time zone, wherever the phone is. */
import { language, type Language } from "./i18n";
import { t } from "./strings";

const ZONE = "Europe/Paris";
const LOCALE: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };

/* Made once each: a list of conversations asks for a hundred, and making one takes as long as using it fifty times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options });
  formats.set(key, made);
  return made;
}

const show = (lang: Language, options: Intl.DateTimeFormatOptions, instant: Date): string => format(LOCALE[lang], options).format(instant);

/* "2026-11-24": the calendar day in Paris, comparable as text. */
export function dayKey(instant: Date): string {
  return format("sv-SE", { dateStyle: "short" }).format(instant);
}

export function daysBetween(earlier: Date, later: Date): number {
  return Math.round((Date.parse(dayKey(later)) - Date.parse(dayKey(earlier))) / 86_400_000);
}

/* "09:12" */
export function hour(instant: Date, lang: Language = language()): string {
  return show(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, instant);
}

/* "24/11/2026" */
export function day(instant: Date, lang: Language = language()): string {
  return show(lang, { day: "2-digit", month: "2-digit", year: "numeric" }, instant);
}

/* "mardi 24 novembre", with the year when it is another one. */
export function longDay(instant: Date, now: Date = new Date(), lang: Language = language()): string {
  const sameYear = dayKey(instant).slice(0, 4) === dayKey(now).slice(0, 4);
  return sameYear
    ? show(lang, { weekday: "long", day: "numeric", month: "long" }, instant)
    : show(lang, { day: "numeric", month: "long", year: "numeric" }, instant);
}

/* In lists: "09:12" today, "hier", "lun." within six days, else "24/11", with the year when it is another one. */
export function ago(instant: Date, now: Date = new Date(), lang: Language = language()): string {
  const days = daysBetween(instant, now);
  if (days <= 0) return hour(instant, lang);
  if (days === 1) return t("yesterday", {}, lang);
  if (days < 7) return show(lang, { weekday: "short" }, instant);
  const sameYear = dayKey(instant).slice(0, 4) === dayKey(now).slice(0, 4);
  return sameYear ? show(lang, { day: "2-digit", month: "2-digit" }, instant) : day(instant, lang);
}

/* On alerts: "à l’instant", "il y a 12 min", then as in lists. */
export function elapsed(instant: Date, now: Date = new Date(), lang: Language = language()): string {
  const minutes = Math.floor((now.getTime() - instant.getTime()) / 60_000);
  if (minutes < 1) return t("now", {}, lang);
  return minutes < 60 ? t("minutesAgo", { n: minutes }, lang) : ago(instant, now, lang);
}
