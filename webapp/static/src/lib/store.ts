/* What the device keeps, per person. The outbox outlives sign-out and is shown to nobody else;
 * the read cache does not survive sign-out, a 401, or a change of role. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

export interface OutboxItem {
  id: string; // the act's UUID, and its Idempotency-Key
  user: string;
  name: string; // command name, as in /api/v1/sync
  payload: unknown;
  label: string; // what the person reads in the outbox
  made_at: string;
  state: "waiting" | "sending" | "refused";
  error?: { code: string; message: string };
  after?: string[];
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

const keyOf = (user: string, name: string): string => `${user}/${name}`;
const changed = (): void => {
  if (typeof window !== "undefined") window.dispatchEvent(new CustomEvent("outbox:changed"));
};

/* Oldest first: UUIDv7 sorts by the time it was made. */
export async function outboxOf(user: string): Promise<OutboxItem[]> {
  const items = await (await database()).getAllFromIndex("outbox", "user", user);
  return items.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function countOutbox(user: string): Promise<number> {
  return (await database()).countFromIndex("outbox", "user", user);
}

export async function putOutbox(item: OutboxItem): Promise<void> {
  await (await database()).put("outbox", item);
  changed();
}

export async function removeOutbox(id: string): Promise<void> {
  const db = await database();
  const { files = [] } = ((await db.get("outbox", id))?.payload ?? {}) as { files?: string[] };
  await Promise.all([db.delete("outbox", id), ...files.map((file) => db.delete("files", file))]);
  changed();
}

export async function saveDraft(user: string, name: string, value: unknown): Promise<void> {
  await (await database()).put("drafts", { key: keyOf(user, name), user, value, saved_at: new Date().toISOString() });
}

export async function findDraft<Value>(user: string, name: string): Promise<Value | undefined> {
  return (await (await database()).get("drafts", keyOf(user, name)))?.value as Value | undefined;
}

export async function removeDraft(user: string, name: string): Promise<void> {
  await (await database()).delete("drafts", keyOf(user, name));
}

export async function keepRead(user: string, name: string, value: unknown): Promise<void> {
  await (await database()).put("read", { key: keyOf(user, name), user, value, read_at: new Date().toISOString() });
}

export async function findRead<Value>(user: string, name: string): Promise<{ value: Value; readAt: Date } | undefined> {
  const kept = await (await database()).get("read", keyOf(user, name));
  return kept && { value: kept.value as Value, readAt: new Date(kept.read_at) };
}

export async function wipeRead(): Promise<void> {
  await (await database()).clear("read");
}
