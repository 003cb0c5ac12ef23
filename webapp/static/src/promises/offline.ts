/* A promise noted without a network. */
import { defineStrings, translator } from "../lib/i18n";
import type { Kind } from "../outbox/fields";

const t = translator(
  defineStrings({
    fr: { title: "Promesse", amount: "Montant promis", promisedOn: "Jour promis", saidBy: "Dit par", note: "Précisions" },
    en: { title: "Promise", amount: "Amount promised", promisedOn: "Day promised", saidBy: "Said by", note: "Details" },
  }),
);

export const promiseKinds: Kind[] = [
  {
    name: "promise.take",
    icon: "handshake",
    title: () => t("title"),
    fields: [
      { name: "amount", type: "money", label: () => t("amount"), required: true },
      { name: "promised_on", type: "day", label: () => t("promisedOn"), required: true },
      { name: "said_by", type: "text", label: () => t("saidBy") },
      { name: "note", type: "long", label: () => t("note") },
    ],
  },
];
