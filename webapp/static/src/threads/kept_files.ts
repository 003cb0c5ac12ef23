/* Files of messages, on the device until the server has them: with a draft, or with a message on its way. */
import { database, type KeptFile } from "../lib/store";
import { uuid7 } from "../lib/uuid";

export type { KeptFile } from "../lib/store";

export async function keepFile(file: KeptFile): Promise<void> {
  await (await database()).put("files", file);
}

export async function findFile(id: string): Promise<KeptFile | undefined> {
  return (await database()).get("files", id);
}

export async function findFiles(ids: readonly string[]): Promise<KeptFile[]> {
  const found = await Promise.all(ids.map(findFile));
  return found.filter((file) => file !== undefined);
}

/* Those of a draft: chosen in this thread, not sent yet, in the order they were chosen. */
export async function draftFiles(user: string, thread: string): Promise<KeptFile[]> {
  const mine = await (await database()).getAllFromIndex("files", "user", user);
  return mine.filter((file) => file.thread === thread && !file.message).sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function changeFile(id: string, change: Partial<KeptFile>): Promise<void> {
  const file = await findFile(id);
  if (file) await keepFile({ ...file, ...change });
}

/* What the server no longer has, or has under this key as something else, goes again under a new one. */
export async function forget(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => changeFile(id, { file_id: null, upload: null, key: uuid7() })));
}

export async function dropFiles(ids: readonly string[]): Promise<void> {
  const db = await database();
  await Promise.all(ids.map((id) => db.delete("files", id)));
}
