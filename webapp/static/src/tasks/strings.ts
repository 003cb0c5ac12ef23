import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      title: "Tâche",
      done: "Tâche faite",
      text: "À faire",
      owner: "Pour",
      dueOn: "Pour le",
    },
    en: {
      title: "Task",
      done: "Task done",
      text: "To do",
      owner: "For",
      dueOn: "Due on",
    },
  }),
);
