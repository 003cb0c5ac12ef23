/* A message that was just written: on the device first, then straight over the socket when nothing before it in its
 * thread still waits. It leaves the device when the server says that it has it; all else the outbox sends. */
import { emitAck } from "../lib/socket";
import { tell } from "../lib/news";
import { outboxOf, removeOutbox, type OutboxItem } from "../lib/store";
import { openParents } from "../outbox/order";
import { flushSoon } from "../outbox/replay";
import type { Message } from "./messages";
import { keep, NAME, sendingOf, type Sending } from "./pending";

/* One message of a thread at a time: none overtakes the one before it, whose acknowledgement is still to come. */
const lines = new Map<string, Promise<void>>();

/* False when the device had no room for it and the network did not take it: then the words are the caller's again. */
export async function write(user: string, sending: Sending): Promise<boolean> {
  let item: OutboxItem;
  try {
    item = await keep(user, sending);
  } catch {
    return !sending.files?.length && say(sending);
  }
  const before = lines.get(sending.thread_id) ?? Promise.resolve();
  const line = before.then(() => straight(item)).catch(flushSoon).finally(() => {
    if (lines.get(sending.thread_id) === line) lines.delete(sending.thread_id);
  });
  lines.set(sending.thread_id, line);
  return true;
}

async function straight(item: OutboxItem): Promise<void> {
  const { files, ...words } = sendingOf(item);
  if (!files?.length && (await isNext(item)) && (await say({ ...words, client_id: item.id }))) await removeOutbox(item.id);
  else flushSoon();
}

/* Whether nothing on the same thread goes before it; it may have left with the outbox meanwhile. */
async function isNext(item: OutboxItem): Promise<boolean> {
  if (!item.after?.length) return true;
  const all = await outboxOf(item.user);
  return all.some(({ id, state }) => id === item.id && state === "waiting") && !openParents(item, all).length;
}

/* Told like what the outbox sent. A refusal is not judged here: the outbox asks once more, and shows why. */
async function say({ files: _files, ...sending }: Sending): Promise<boolean> {
  try {
    const { message } = await emitAck<{ message: Message }>("message.send", sending);
    tell("outbox:sent", { id: sending.client_id, name: NAME, result: message });
    return true;
  } catch {
    return false;
  }
}
