/* How heavy a file is, how long a sound, in words. */
import { language, type Language } from "../lib/i18n";

export function weight(bytes: number, lang: Language = language()): string {
  const [kilo, mega] = lang === "en" ? ["kB", "MB"] : ["ko", "Mo"];
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))}\u00a0${kilo}`;
  return `${new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(bytes / 1_000_000)}\u00a0${mega}`;
}

export function lasting(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
