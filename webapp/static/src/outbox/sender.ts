/* Sends what waits, in order, until nothing is left that may go or the network is gone. Knows neither page nor
 * worker: both give it their way to the server. Only who holds the lock of the device calls it. */
import { tell } from "../lib/news";
import { changeOutbox, forgetSent, outboxOf, removeOutbox, type OutboxItem, type Refusal } from "../lib/store";
import { happened, isLater, MOST, nextBatch, openParents, settled, type Result } from "./order";
import { placeFiles } from "./placing";

export interface Command { id: string; name: string; payload: Record<string, unknown>; made_at: string; after: string[] }

/* Why nothing came of a request: later (in so many seconds, null: whenever), refused whole, or not ours to send. */
export type Answer = { results: Result[] } | { later: number | null } | { refused: Refusal } | { stopped: "signed_out" | "not_ours" };

/* A file that could not be brought over. */
export class Trouble extends Error {
  constructor(readonly refusal: Refusal, readonly later: number | null | undefined) { super(refusal.message); }
}

export interface Ways {
  post(user: string, commands: Command[]): Promise<Answer>;
  upload(file: string): Promise<string>; // the server's id; raises Trouble
  forget(files: readonly string[]): Promise<void>; // they are no longer there: under a new key
}

/* One sender on the device, page or worker; and the name under which the browser wakes the worker. */
export const LOCK = "encours-outbox";
export const TAG = "outbox";
const DAY = 86_400_000;

/* undefined: all that may go has gone. Else in how many seconds to try again; null: when there is news. */
export async function flush(user: string, ways: Ways): Promise<number | null | undefined> {
  await freeInterrupted(user);
  await forgetSent(new Date(Date.now() - DAY).toISOString());
  const brought = new Set<string>(); // acts whose files went twice
  for (let most = MOST; ;) {
    const items = await outboxOf(user);
    const batch = nextBatch(items, most);
    if (!batch.length) return undefined;
    const sending = (await Promise.all(batch.map(claim))).filter((item) => item !== null);
    if (!sending.length) continue; // they left by another way meanwhile
    const answer = await attempt(user, sending, items, ways);
    if ("results" in answer) {
      const wait = await settle(sending, answer.results, ways, brought);
      if (wait !== undefined) return wait;
      continue;
    }
    await Promise.all(sending.map(({ id }) => release(id)));
    if ("later" in answer) return answer.later;
    if ("stopped" in answer) return null;
    if (sending.length > 1) { most = 1; continue; } // one of them is at fault: each alone
    await refuse(sending, answer.refused);
  }
}

/* For who holds the lock: nobody else is sending, so what says so was interrupted. */
export async function freeInterrupted(user: string): Promise<void> {
  for (const item of await outboxOf(user)) {
    if (item.state === "sending") await release(item.id);
  }
}

/* A device without room notes nothing more, but sends: the ids alone keep acts from having two effects. */
const claim = (item: OutboxItem): Promise<OutboxItem | null> =>
  changeOutbox(item.id, (found) => (found.state === "waiting" ? { ...found, state: "sending" } : undefined)).catch(() => item);

const release = (id: string): Promise<unknown> =>
  changeOutbox(id, (found) => (found.state === "sending" ? { ...found, state: "waiting", step: undefined } : undefined)).catch(() => null);

/* False when it could not be noted and would be sent again at once. To forget what has arrived takes no room. */
const note = (item: OutboxItem, result: Result): Promise<boolean> =>
  changeOutbox(item.id, (found) => settled(found, result, new Date().toISOString())).then(
    () => true,
    () => happened(result) && removeOutbox(item.id).then(() => true, () => false),
  );

async function refuse(items: OutboxItem[], error: Refusal): Promise<void> {
  for (const { id } of items) {
    await changeOutbox(id, (found) => ({ ...found, state: "refused", error, step: undefined }));
    tell("outbox:refused", { id });
  }
}

async function attempt(user: string, items: OutboxItem[], all: OutboxItem[], ways: Ways): Promise<Answer> {
  try {
    const commands: Command[] = [];
    for (const item of items) commands.push({ ...(await toCommand(item, ways)), after: openParents(item, all) });
    return await ways.post(user, commands);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return error.later === undefined ? { refused: error.refusal } : { later: error.later };
  }
}

/* Its files first, one after the other, each told. */
async function toCommand({ id, name, payload, made_at }: OutboxItem, ways: Ways): Promise<Omit<Command, "after">> {
  const { files, ...plain } = payload as { files?: string[] } & Record<string, unknown>;
  if (!files?.length) return { id, name, payload: plain, made_at };
  const ids: string[] = [];
  for (const file of files) {
    await changeOutbox(id, (found) => ({ ...found, step: { n: ids.length + 1, of: files.length } })).catch(() => null);
    ids.push(await ways.upload(file));
  }
  return { id, name, payload: placeFiles(plain, new Map(files.map((file, n) => [file, ids[n] ?? ""]))), made_at };
}

/* Seconds to wait, when some of them are to go later (null: whenever); undefined when it may go on at once. */
async function settle(items: OutboxItem[], results: Result[], ways: Ways, brought: Set<string>): Promise<number | null | undefined> {
  let wait: number | undefined;
  let full = false;
  let moved = false;
  for (const item of items) {
    const result = results.find(({ id }) => id === item.id) ?? { id: item.id, status: "refused" as const, error: { code: "unavailable", message: "" } };
    if (result.error?.code === "attachment_gone" && !brought.has(item.id)) {
      // What waited for more than a week is no longer on the server, but still here.
      brought.add(item.id);
      await ways.forget((item.payload.files as string[] | undefined) ?? []);
      await release(item.id);
      moved = true;
      continue;
    }
    if (!(await note(item, result))) full = true;
    if (isLater(result)) { wait = Math.max(wait ?? 1, result.error?.retry_after ?? 1); continue; }
    moved = true;
    if (happened(result)) tell("outbox:sent", { id: item.id, name: item.name, result: result.result });
    else tell("outbox:refused", { id: item.id });
  }
  if (full) return null;
  return moved ? undefined : wait;
}
