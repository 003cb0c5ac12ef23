import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      acknowledged: "Alerte acquittée.",
      undo: "Annuler",
      reopened: "L’alerte est de nouveau à traiter.",
      limit_breach: "{client} dépasse son plafond.",
      delay_breach: "{client} paie plus tard que toléré.",
      see: "Voir",
    },
    en: {
      acknowledged: "Alert acknowledged.",
      undo: "Undo",
      reopened: "The alert is open again.",
      limit_breach: "{client} is over its limit.",
      delay_breach: "{client} pays later than tolerated.",
      see: "See",
    },
  }),
);
