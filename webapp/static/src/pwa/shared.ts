/* What another app shared into this one: files of nobody's thread yet, until somebody says where they go. */
import { database, type KeptFile } from "../lib/store";
import { uuid7 } from "../lib/uuid";

export const SHARED = "shared";
export const MOST = 10;
/* Shared before somebody was signed in, it is theirs who signs in soon after, and nobody's later. */
const LAPSES_MS = 60 * 60_000;
const NOBODY = "";
const TYPES = /^image\/|^application\/pdf$/;
const NAMES = /\.(jpe?g|png|webp|heic|pdf)$/i;

const madeAt = (id: string): number => parseInt(id.replace("-", "").slice(0, 12), 16);

/* From the form that the system posts: photos and papers, nothing else. Returns how many were taken. */
export async function takeShared(form: FormData, owner: string | null): Promise<number> {
  const files = form.getAll("files").filter((file): file is File => file instanceof File && file.size > 0);
  const wanted = files.filter(({ type, name }) => TYPES.test(type) || NAMES.test(name)).slice(0, MOST);
  const db = await database();
  for (const file of wanted) {
    const kept: KeptFile = { id: uuid7(), user: owner ?? NOBODY, thread: SHARED, message: null, blob: file, name: file.name || "photo.jpg", key: uuid7(), file_id: null };
    await db.put("files", kept);
  }
  return wanted.length;
}

/* Those of this person, and those that waited for somebody to sign in. */
export async function sharedFiles(user: string, now: number = Date.now()): Promise<KeptFile[]> {
  const db = await database();
  const [mine, nobodys] = await Promise.all([user, NOBODY].map((each) => db.getAllFromIndex("files", "user", each)));
  for (const file of nobodys ?? []) {
    if (file.thread !== SHARED) continue;
    if (now - madeAt(file.id) > LAPSES_MS) await db.delete("files", file.id);
    else {
      const claimed = { ...file, user };
      await db.put("files", claimed);
      mine?.push(claimed);
    }
  }
  return (mine ?? []).filter(({ thread }) => thread === SHARED).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/* Into the composer of a conversation, where they are looked at once more and sent. */
export async function moveTo(files: readonly KeptFile[], thread: string, small: (file: File) => Promise<{ blob: Blob; name: string }>): Promise<void> {
  const db = await database();
  for (const kept of files) {
    const file = kept.blob instanceof File ? kept.blob : new File([kept.blob], kept.name, { type: kept.blob.type });
    await db.put("files", { ...kept, ...(await small(file)), thread });
  }
}
