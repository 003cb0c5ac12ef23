/* Disputes opened, moved on and taken back without a network. Deciding one asks for it. */
import type { Kind } from "../outbox/fields";
import { t } from "./strings";

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
