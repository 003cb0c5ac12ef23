/* Messages, with their photos and sounds, as the outbox shows them. */
import type { Kind } from "../outbox/fields";
import { t } from "./strings";

export const messageKinds: Kind[] = [
  { name: "message.send", icon: "message-circle", title: () => t("message"), fields: [{ name: "body", type: "long", label: () => t("message") }] },
];
