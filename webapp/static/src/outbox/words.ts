/* The state of an act in words. */
import { ago, hour } from "../lib/dates";
import type { OutboxItem } from "../lib/store";
import { heldBy } from "./order";
import { t } from "./strings";

export function reasonOf({ error }: OutboxItem): string {
  if (error?.code === "id_reused") return t("already");
  if (error?.code === "file_lost") return t("fileLost");
  return error?.message ?? "";
}

export function stateOf(item: OutboxItem, all: readonly OutboxItem[]): string {
  const at = ago(new Date(item.made_at));
  switch (item.state) {
    case "sent": return t("sent", { hour: hour(new Date(item.sent_at ?? item.made_at)) });
    case "sending": return item.step ? t("step", { ...item.step }) : t("sending");
    case "refused": return reasonOf(item) ? t("refused", { reason: reasonOf(item) }) : t("refusedPlain");
    case "conflict": return t("conflict", { reason: reasonOf(item) });
    default: {
      const holder = heldBy(item, all);
      return holder ? t("held", { hour: at, label: holder.label }) : t("waiting", { hour: at });
    }
  }
}

export const iconOf = ({ state }: OutboxItem, plain: string): string =>
  state === "sent" ? "check" : state === "sending" ? "upload" : state === "refused" || state === "conflict" ? "octagon-alert" : plain;
