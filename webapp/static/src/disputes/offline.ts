/* Disputes opened, moved on and taken back without a network. Deciding one asks for it. */
import { defineStrings, translator } from "../lib/i18n";
import type { Kind } from "../outbox/fields";

const t = translator(
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

export const disputeKinds: Kind[] = [
  {
    name: "dispute.open",
    icon: "gavel",
    title: () => t("open"),
    fields: [
      { name: "reason", type: "choice", label: () => t("reason"), required: true },
      { name: "amount", type: "money", label: () => t("amount"), required: true, when: ["part", "amount"] },
      { name: "text", type: "long", label: () => t("text"), required: true },
    ],
  },
  {
    name: "dispute.propose",
    icon: "hand-coins",
    title: () => t("propose"),
    fields: [
      { name: "amount", type: "money", label: () => t("credit") },
      { name: "text", type: "long", label: () => t("seen") },
    ],
  },
  { name: "dispute.withdraw", icon: "undo-2", title: () => t("withdraw"), fields: [{ name: "text", type: "long", label: () => t("details") }] },
  { name: "dispute.wait", icon: "gavel", title: () => t("wait"), fields: [{ name: "state", type: "choice", label: () => t("turn"), required: true }] },
];
