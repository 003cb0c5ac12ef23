/* A visit, with its photos and what was signed, as the outbox shows it. What was chosen stays; texts can be reworded. */
import type { Kind } from "../outbox/fields";
import { t } from "./strings";

export const visitKinds: Kind[] = [
  {
    name: "visit.record",
    icon: "map-pin",
    title: () => t("visit"),
    fields: [
      { name: "outcome", type: "choice", label: () => t("outcome") },
      { name: "facts", type: "choice", label: () => t("seen") },
      { name: "here", type: "choice", label: () => t("here") },
      { name: "met", type: "text", label: () => t("met") },
      { name: "note", type: "long", label: () => t("note") },
      { name: "promise.amount", type: "money", label: () => t("promised"), required: true },
      { name: "promise.promised_on", type: "day", label: () => t("promisedOn"), required: true },
      { name: "promise.said_by", type: "text", label: () => t("saidBy") },
      { name: "acknowledgement.amount", type: "money", label: () => t("owed"), required: true },
      { name: "acknowledgement.signatory", type: "text", label: () => t("signatory"), required: true },
      { name: "acknowledgement.capacity", type: "text", label: () => t("capacity"), required: true },
      { name: "files", type: "choice", label: () => t("files") },
    ],
  },
];
