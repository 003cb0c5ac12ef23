import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      open: "Litige", propose: "Avoir proposé", withdraw: "Litige retiré", wait: "Litige, à qui de répondre",
      reason: "Motif", amount: "Montant contesté", text: "Ce qui s’est passé", credit: "Montant de l’avoir", seen: "Constaté",
      details: "Précisions", turn: "À qui de répondre",
    },
    en: {
      open: "Dispute", propose: "Credit note proposed", withdraw: "Dispute withdrawn", wait: "Dispute, whose turn it is",
      reason: "Reason", amount: "Amount disputed", text: "What happened", credit: "Amount of the credit note", seen: "Found",
      details: "Details", turn: "Whose turn it is",
    },
  }),
);
