/* A task given, or done, without a network. */
import { defineStrings, translator } from "../lib/i18n";
import type { Kind } from "../outbox/fields";

const t = translator(
  defineStrings({
    fr: { title: "Tâche", done: "Tâche faite", text: "À faire", owner: "Pour", dueOn: "Pour le" },
    en: { title: "Task", done: "Task done", text: "To do", owner: "For", dueOn: "Due on" },
  }),
);

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
