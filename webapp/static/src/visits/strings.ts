import { defineStrings, translator } from "../lib/i18n";

export const t = translator(defineStrings({
  fr: {
    noMicrophone: "Le micro n’est pas accessible.",
    tooMany: "Joignez au plus {n} fichiers.",
    voiceNote: "message vocal",
    paper: "PDF",
  },
  en: {
    noMicrophone: "The microphone cannot be reached.",
    tooMany: "Attach at most {n} files.",
    voiceNote: "voice note",
    paper: "PDF",
  },
}));
