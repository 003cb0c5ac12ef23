/* What the device keeps, per person. The outbox outlives sign-out and is shown to nobody else;
 * the read cache does not survive sign-out, a 401, or a change of role. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { tell } from "./news";

export interface Refusal { code: string; message: string; errors?: Record<string, unknown>; retry_after?: number }

/* How the thing an act was about stands now, in words. */
export interface Standing { kind: string; id: string; title: string; url: string; lines: { label: string; text: string }[] }

export interface OutboxItem {
  id: string; // the act's UUID, and its Idempotency-Key
  user: string;
  name: string; // command name, as in /api/v1/sync
  payload: Record<string, unknown>; // `files` are those of the device; what is sent names the server's
  label: string; // what the person reads in the outbox
  made_at: string;
  state: "waiting" | "sending" | "refused" | "conflict" | "sent";
  n?: number; // its place in line: clocks go back, this does not
  about?: string; // the thing it is about; acts on one thing go in order
  url?: string; // where that thing is read
  after?: string[]; // acts that must have happened before
  words?: Record<string, string>; // what chosen values are called
  step?: { n: number; of: number }; // which file is on its way
  error?: Refusal;
  now?: Standing | null; // the other side of a conflict
  sent_at?: string;
}

/* A file that is on its way into a message: with its draft, then with the message until it is acknowledged. */
export interface KeptFile {
  id: string;
  user: string;
  thread: string;
  message: string | null; // the client_id it goes with; null: still in the composer
  blob: Blob;
  name: string;
  key: string; // of its upload
  upload?: string | null; // where its pieces go, once some went
  file_id: string | null; // the server's, once it is there
}

interface Draft { key: string; user: string; value: unknown; saved_at: string }
interface Kept { key: string; user: string; value: unknown; read_at: string }

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxItem; indexes: { user: string } };
  drafts: { key: string; value: Draft; indexes: { user: string } };
  read: { key: string; value: Kept; indexes: { user: string } };
  files: { key: string; value: KeptFile; indexes: { user: string } };
}

const changed = (): void => tell("outbox:changed");

let opening: Promise<IDBPDatabase<Schema>> | null = null;

export function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>("encours", 2, {
    upgrade(db) {
      const wanted = { outbox: "id", drafts: "key", read: "key", files: "id" } as const;
      for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
        if (!db.objectStoreNames.contains(name)) db.createObjectStore(name, { keyPath: wanted[name] }).createIndex("user", "user");
      }
    },
    // A newer page in another tab wants to upgrade: let it.
    blocking: () => void opening?.then((db) => { db.close(); opening = null; }),
    terminated: () => { opening = null; },
  }).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

export const keyOf = (user: string, name: string): string => `${user}/${name}`;
const ranked = (a: OutboxItem, b: OutboxItem): number => (a.n ?? 0) - (b.n ?? 0) || (a.id < b.id ? -1 : 1);

/* What has not reached the server, in the order it was written. */
export async function outboxOf(user: string): Promise<OutboxItem[]> {
  const items = await (await database()).getAllFromIndex("outbox", "user", user);
  return items.filter(({ state }) => state !== "sent").sort(ranked);
}

/* What has, lately: the last first. */
export async function sentOf(user: string): Promise<OutboxItem[]> {
  const items = await (await database()).getAllFromIndex("outbox", "user", user);
  return items.filter(({ state }) => state === "sent").sort((a, b) => ((a.sent_at ?? "") < (b.sent_at ?? "") ? 1 : -1));
}

export async function countOutbox(user: string): Promise<number> {
  return (await outboxOf(user)).length;
}

/* Whether somebody else's acts wait on this device too. */
export async function othersWait(user: string): Promise<boolean> {
  return (await (await database()).getAll("outbox")).some((item) => item.user !== user && item.state !== "sent");
}

/* At the end of the line, whatever the clock says. `placed` sees those before it, in the same transaction. */
export async function queueOutbox(item: OutboxItem, placed: (item: OutboxItem, before: OutboxItem[]) => OutboxItem): Promise<OutboxItem> {
  const transaction = (await database()).transaction("outbox", "readwrite");
  const before = (await transaction.store.index("user").getAll(item.user)).sort(ranked);
  const known = before.find(({ id }) => id === item.id);
  const n = known?.n ?? Math.max(0, ...before.map((other) => other.n ?? 0)) + 1;
  const stored = placed({ ...item, n }, before.filter(({ id, state }) => id !== item.id && state !== "sent"));
  await Promise.all([transaction.store.put(stored), transaction.done]);
  changed();
  return stored;
}

/* Reads and writes one item in one transaction; null drops it, undefined leaves it as it is. */
export async function changeOutbox(id: string, change: (item: OutboxItem) => OutboxItem | null | undefined): Promise<OutboxItem | null> {
  const transaction = (await database()).transaction(["outbox", "files"], "readwrite");
  transaction.done.catch(() => undefined); // said once, by what could not be written
  const box = transaction.objectStore("outbox");
  const item = await box.get(id);
  const next = item && change(item);
  if (next) await box.put(next);
  if (item && next === null) await box.delete(id);
  const kept = next === undefined ? item : next;
  const gone = filesOf(item).filter((file) => !filesOf(kept).includes(file));
  for (const file of gone) await transaction.objectStore("files").delete(file);
  await transaction.done;
  if (next !== undefined) changed();
  return kept ?? null;
}

const filesOf = (item: OutboxItem | null | undefined): string[] => (item?.payload.files as string[] | undefined) ?? [];

export async function removeOutbox(id: string): Promise<void> {
  await changeOutbox(id, () => null);
}

/* What was sent stays a day, for the person to see that it left. */
export async function forgetSent(before: string): Promise<void> {
  const transaction = (await database()).transaction("outbox", "readwrite");
  for (const item of await transaction.store.getAll()) {
    if (item.state === "sent" && (item.sent_at ?? "") < before) await transaction.store.delete(item.id);
  }
  await transaction.done;
}

/* On a device without room what is being written stays with its tab at least, through reloads. */
interface Tab { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void }
const tab = (globalThis as { sessionStorage?: Tab }).sessionStorage;
const inTab = (user: string, name: string): string => `draft/${keyOf(user, name)}`;

export async function saveDraft(user: string, name: string, value: unknown): Promise<void> {
  try {
    await (await database()).put("drafts", { key: keyOf(user, name), user, value, saved_at: new Date().toISOString() });
    tab?.removeItem(inTab(user, name));
  } catch {
    tab?.setItem(inTab(user, name), JSON.stringify(value));
  }
}

export async function findDraft<Value>(user: string, name: string): Promise<Value | undefined> {
  const kept = tab?.getItem(inTab(user, name));
  if (kept) return JSON.parse(kept) as Value;
  return (await (await database()).get("drafts", keyOf(user, name)))?.value as Value | undefined;
}

export async function removeDraft(user: string, name: string): Promise<void> {
  tab?.removeItem(inTab(user, name));
  await (await database()).delete("drafts", keyOf(user, name));
}

/* What was kept for reading under this name, since when; written by `portfolio/kept.ts`. */
export async function findRead<Value>(user: string, name: string): Promise<{ value: Value; at: string } | null> {
  const kept = await (await database()).get("read", keyOf(user, name));
  return kept ? { value: kept.value as Value, at: kept.read_at } : null;
}

/* Pages without anybody in them that were fetched for this person: see portfolio/refresh.ts. */
export const KEPT_PAGES = "portfolio";

let wiping: Promise<unknown> = Promise.resolve();

/* What can be read by whoever holds the device: copies for reading, and what has already left. */
export async function wipeRead(): Promise<void> {
  const mine = wipe();
  wiping = mine.catch(() => undefined);
  await mine;
}

async function wipe(): Promise<void> {
  if (typeof caches !== "undefined") await caches.delete(KEPT_PAGES);
  await (await database()).clear("read");
  await forgetSent("9");
}

/* All that is one person's, and nothing of anybody else's. */
export async function wipePerson(user: string): Promise<void> {
  const names = ["outbox", "drafts", "read", "files"] as const;
  const transaction = (await database()).transaction(names, "readwrite");
  for (const name of names) {
    for (const key of await transaction.objectStore(name).index("user").getAllKeys(user)) await transaction.objectStore(name).delete(key);
  }
  await transaction.done;
  for (const key of Object.keys(tab ?? {})) if (key.startsWith(inTab(user, ""))) tab?.removeItem(key);
  changed();
}

/* Who uses this device, and as what: the outbox's page and the worker ask, without a network. Somebody else, or the
 * same person in another role or branch, finds nothing that was kept before. */
const OWNER = "device/owner";

export async function rememberOwner(user: string, as: string | null = null): Promise<void> {
  await wiping; // the sign-in page's, which must not end after somebody has come in
  const known = await (await database()).get("read", OWNER);
  const was = (known?.value as { as?: string | null } | undefined)?.as ?? null;
  if (known && (known.user !== user || (as && was && as !== was))) await wipeRead();
  if (known?.user === user && (!as || as === was)) return;
  const value = { as };
  await (await database()).put("read", { key: OWNER, user, value, read_at: new Date().toISOString() });
}

export async function findOwner(): Promise<string | null> {
  return (await (await database()).get("read", OWNER))?.user ?? null;
}
