/* Amounts are whole minor units with a currency; nothing here is ever a fraction of a cent. */
import { language, type Language } from "./i18n";

const NARROW = "\u202f";
const SPACE = "\u00a0";
const MINUS = "\u2212";
const SIGNS: Record<string, string> = { EUR: "€", USD: "$", GBP: "£" };
const WITHOUT_CENTS = new Set(["JPY", "XOF", "XAF", "XPF"]);

interface Options {
  currency?: string;
  cents?: boolean;
  lang?: Language;
}

const grouped = (units: number, separator: string): string => String(units).replace(/\B(?=(\d{3})+$)/g, separator);

/* 846000 -> "8 460 €", "8 460,00 €" with cents, "€8,460.00" in English. Whole units round half away from zero. */
export function formatMoney(minor: number, { currency = "EUR", cents = false, lang = language() }: Options = {}): string {
  const unit = WITHOUT_CENTS.has(currency) ? 1 : 100;
  const size = Math.abs(minor);
  const exact = cents && unit > 1;
  const whole = exact ? Math.floor(size / unit) : Math.floor((size + unit / 2) / unit);
  const rest = exact ? String(size % unit).padStart(2, "0") : "";
  const minus = minor < 0 && (whole > 0 || exact) ? MINUS : "";
  const sign = SIGNS[currency];
  if (lang === "en") {
    return `${minus}${sign ?? currency + SPACE}${grouped(whole, ",")}${rest && `.${rest}`}`;
  }
  return `${minus}${grouped(whole, NARROW)}${rest && `,${rest}`}${SPACE}${sign ?? currency}`;
}

/* What a person typed ("1 234,5", "1,234.50", "50000 €") -> minor units, or null when it is no amount. */
export function parseMoney(text: string, lang: Language = language()): number | null {
  let plain = text.replace(/[\s\u00a0\u202f€$£]/g, "").replace(MINUS, "-");
  plain = lang === "en" ? plain.replace(/,/g, "") : plain.replace(",", ".");
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const size = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  return Number.isSafeInteger(size) ? (match[1] ? -size : size) : null;
}
