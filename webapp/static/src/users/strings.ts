import { defineStrings, translator } from "../lib/i18n";

export const t = translator(
  defineStrings({
    fr: {
      draftBack: "Ce que vous aviez écrit est revenu.",
      draftDrop: "Effacer",
      copied: "Copié.",
      noPasskeys: "Ce navigateur n’a pas de clés d’accès, ou la page n’est pas ouverte en https.",
      passkeyKnown: "Cet appareil a déjà une clé d’accès pour ce compte.",
      passkeyGivenUp: "Abandonné, ou aucune clé d’accès ici. Réessayez quand vous voulez.",
      passkeyFailed: "L’appareil n’a pas pu donner de clé d’accès.",
      notCopied: "Sélectionné : copiez-le avec votre clavier.",
      waiting: "{n} envoi attend le réseau sur cet appareil. Que faut-il en faire ?|{n} envois attendent le réseau sur cet appareil. Que faut-il en faire ?",
    },
    en: {
      draftBack: "What you had written is back.",
      draftDrop: "Clear",
      copied: "Copied.",
      noPasskeys: "This browser has no passkeys, or the page was not opened over https.",
      passkeyKnown: "This device already has a passkey for this account.",
      passkeyGivenUp: "Given up, or no passkey here. Try again whenever you like.",
      passkeyFailed: "The device could not give a passkey.",
      notCopied: "Selected: copy it with your keyboard.",
      waiting: "{n} item is waiting for the network on this device. What should become of it?|{n} items are waiting for the network on this device. What should become of them?",
    },
  }),
);
