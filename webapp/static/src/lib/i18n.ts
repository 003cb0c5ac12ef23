/* Words of the scripts, in both languages. A feature keeps its own in <feature>/strings.ts:
 *
 *   export const t = translator(defineStrings({
 *     fr: { waiting: "En attente du réseau", fresh: "{n} nouveau|{n} nouveaux" },
 *     en: { waiting: "Waiting for network", fresh: "{n} new" },
 *   }));
 *
 * A missing English key fails the typecheck. "one|many" chooses by {n}: French counts 0 and 1 as one.
 */
export type Language = "fr" | "en";
type Words<Key extends string> = Record<Key, string>;
type Values = Record<string, string | number>;

export function defineStrings<Key extends string>(strings: { fr: Words<Key>; en: Words<NoInfer<Key>> }): Record<Language, Words<Key>> {
  return strings;
}

export function language(): Language {
  // The service worker has no page.
  const said = (globalThis as { document?: { documentElement: { lang: string } } }).document?.documentElement.lang ?? "fr";
  return said.startsWith("en") ? "en" : "fr";
}

function choose(text: string, values: Values, lang: Language): string {
  const forms = text.split("|");
  if (forms.length === 1 || typeof values.n !== "number") return forms[0] ?? "";
  const one = new Intl.PluralRules(lang).select(values.n) === "one";
  return (one ? forms[0] : forms[1]) ?? "";
}

export function translator<Key extends string>(strings: Record<Language, Words<Key>>) {
  return (key: Key, values: Values = {}, lang: Language = language()): string =>
    choose(strings[lang][key], values, lang).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
