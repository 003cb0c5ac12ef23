/* A task given, or done, without a network. */
import type { Kind } from "../outbox/fields";
import { t } from "./strings";

export const taskKinds: Kind[] = [
  {
    name: "task.add",
    icon: "clipboard-list",
    title: () => t("title"),
    fields: [
      { name: "text", type: "long", label: () => t("text"), required: true },
      { name: "owner_id", type: "choice", label: () => t("owner"), required: true },
      { name: "due_on", type: "day", label: () => t("dueOn"), required: true },
    ],
  },
  { name: "task.done", icon: "check", title: () => t("done"), fields: [] },
];
