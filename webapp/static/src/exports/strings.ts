import { defineStrings, translator } from "../lib/i18n";

export const t = translator(defineStrings({
  fr: { written: "{n} ligne écrite|{n} lignes écrites" },
  en: { written: "{n} row written|{n} rows written" },
}));
