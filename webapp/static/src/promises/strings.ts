import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      title: "Promesse",
      amount: "Montant promis",
      promisedOn: "Jour promis",
      saidBy: "Dit par",
      note: "Précisions",
    },
    en: {
      title: "Promise",
      amount: "Amount promised",
      promisedOn: "Day promised",
      saidBy: "Said by",
      note: "Details",
    },
  }),
);
