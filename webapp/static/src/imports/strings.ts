import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
  fr: { rows: "{done} lignes sur {total}", size: "{name}, {size} Mo", sending: "Envoi : {percent} %", wait: "Un instant…", lost: "Le fichier n’est pas parti. Réessayez." },
  en: { rows: "{done} rows of {total}", size: "{name}, {size} MB", sending: "Sending: {percent}%", wait: "One moment…", lost: "The file was not sent. Try again." },
}),
);
