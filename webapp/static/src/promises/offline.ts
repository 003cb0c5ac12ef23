/* A promise noted without a network. */
import type { Kind } from "../outbox/fields";
import { t } from "./strings";

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
