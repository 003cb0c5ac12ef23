import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      installOffer: "Encours peut s’installer sur cet appareil.",
      install: "Installer",
      how: "Voir comment",
    },
    en: {
      installOffer: "Encours can be installed on this device.",
      install: "Install",
      how: "See how",
    },
  }),
);
