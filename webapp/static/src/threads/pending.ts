/* Messages not yet acknowledged, as their thread shows them: they wait in the outbox with everything else. */
import { outboxOf, type OutboxItem } from "../lib/store";
import { heldBy } from "../outbox/order";
import { queue } from "../outbox/queue";
import { t } from "./strings";

export const NAME = "message.send";
export interface Sending { thread_id: string; client_id: string; body: string; reply_to?: string | null; files?: string[] }

/* On the device before anything is sent; the message's id is the act's. */
export async function keep(user: string, { client_id: id, ...payload }: Sending): Promise<OutboxItem> {
  const { thread_id: about, body, files = [] } = payload;
  const label = t("label", { text: body.trim().slice(0, 60) || t("attached", { n: files.length }) });
  return queue({ id, user, name: NAME, payload, label, about, url: location.pathname });
}

export const sendingOf = ({ payload }: OutboxItem): Omit<Sending, "client_id"> => payload as unknown as Omit<Sending, "client_id">;

/* `held`: what it waits for, when that is not the network. */
export async function pendingOf(user: string, threadId: string): Promise<(OutboxItem & { held?: string })[]> {
  const all = await outboxOf(user);
  return all.filter((item) => item.name === NAME && sendingOf(item).thread_id === threadId).map((item) => ({ ...item, held: heldBy(item, all)?.label }));
}

/* Why a message did not go, in words; nothing while it is on its way. */
export function failureOf({ state, error }: OutboxItem): string | undefined {
  return state === "refused" || state === "conflict" ? `${t("failed")} ${error?.message ?? ""}`.trim() : undefined;
}
