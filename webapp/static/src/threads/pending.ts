/* Messages not yet acknowledged: stored on the device before they are sent, sent in order under the same client_id
 * until the server has answered. Told on window: "message:sent" {message}, "message:refused" {clientId}. */
import { AckError } from "../lib/socket";
import { outboxOf, putOutbox, removeOutbox, type OutboxItem } from "../lib/store";
import type { Message } from "./messages";
import { sendNow } from "./send";

export const NAME = "message.send";
export interface Sending { thread_id: string; client_id: string; body: string; reply_to?: string | null; files?: string[] }
type Send = (payload: Sending) => Promise<{ message: Message }>;

const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));
const tell = (name: string, detail: unknown): void => {
  if (typeof window !== "undefined") window.dispatchEvent(new CustomEvent(name, { detail }));
};

export async function keep(user: string, sending: Sending, label: string): Promise<void> {
  const made_at = new Date().toISOString();
  await putOutbox({ id: sending.client_id, user, name: NAME, payload: sending, label, made_at, state: "waiting" });
}

export async function pendingOf(user: string, threadId?: string): Promise<OutboxItem[]> {
  const items = (await outboxOf(user)).filter((item) => item.name === NAME);
  return threadId ? items.filter((item) => (item.payload as Sending).thread_id === threadId) : items;
}

/* A refused message goes again, unchanged, because someone asked. */
export async function retry(user: string, clientId: string): Promise<void> {
  const item = (await pendingOf(user)).find((pending) => pending.id === clientId);
  if (item) await putOutbox({ ...item, state: "waiting", error: undefined });
}

/* Sends what waits, oldest first, until done or the network is gone. Returns how many were acknowledged. */
export async function flush(user: string, send: Send = sendNow, wait = pause): Promise<number> {
  let sent = 0;
  for (;;) {
    const item = (await pendingOf(user)).find((pending) => pending.state !== "refused");
    if (!item) return sent;
    try {
      const { message } = await send(item.payload as Sending);
      await removeOutbox(item.id);
      sent += 1;
      tell("message:sent", { message });
    } catch (error) {
      if (!(error instanceof AckError)) throw error;
      if (error.code === "offline") return sent;
      if (error.again) { await wait(error.retryAfter ?? 1); continue; }
      await putOutbox({ ...item, state: "refused", error: { code: error.code, message: error.message } });
      tell("message:refused", { clientId: item.id });
    }
  }
}

let running: Promise<unknown> | null = null;
let asked = false;

/* One flush at a time: in this page by the promise, across pages of the device by a lock. */
export function flushSoon(user: string): void {
  if (running) { asked = true; return; }
  const run = (): Promise<number> => flush(user);
  running = (navigator.locks ? navigator.locks.request("encours-messages", run) : run())
    .catch((error: unknown) => console.error("messages", error))
    .finally(() => {
      running = null;
      if (asked) { asked = false; flushSoon(user); }
    });
}
