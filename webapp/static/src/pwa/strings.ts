import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      clients: "{n} client à lire sans réseau|{n} clients à lire sans réseau",
      waiting: "{n} envoi en attente|{n} envois en attente",
      shared: "{n} document à partager|{n} documents à partager",
    },
    en: {
      clients: "{n} client to read without a network|{n} clients to read without a network",
      waiting: "{n} act waiting|{n} acts waiting",
      shared: "{n} document to share|{n} documents to share",
    },
  }),
);
