import { defineStrings, translator } from "./i18n";

export const t = translator(
  defineStrings({
    fr: {
      offline: "Pas de réseau. Rien n’est perdu.",
      failed: "Le serveur n’a pas répondu comme prévu.",
      updateReady: "Une nouvelle version est prête.",
      reload: "Recharger",
      yesterday: "hier",
      now: "à l’instant",
      minutesAgo: "il y a {n} min",
    },
    en: {
      offline: "No network. Nothing is lost.",
      failed: "The server did not answer as expected.",
      updateReady: "A new version is ready.",
      reload: "Reload",
      yesterday: "yesterday",
      now: "just now",
      minutesAgo: "{n} min ago",
    },
  }),
);
