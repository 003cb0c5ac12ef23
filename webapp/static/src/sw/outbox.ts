/* Background Sync: the browser says that the network is back, perhaps when no page is open any more. */
import { outboxOf } from "../lib/store";
import { nextBatch } from "../outbox/order";
import { flush, Trouble, type Ways } from "../outbox/sender";
import { postCommands, type Session } from "../outbox/wire";
import { changeFile, findFile } from "../threads/kept_files";

declare const self: ServiceWorkerGlobalScope;
const LOCK = "encours-outbox";
export const TAG = "outbox";

async function session(): Promise<Session | null> {
  const response = await fetch("/api/v1/session", { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok ? ((await response.json()) as Session) : null;
}

async function upload(id: string, token: string): Promise<string> {
  const file = await findFile(id);
  if (!file) throw new Trouble({ code: "file_lost", message: "" }, undefined);
  if (file.file_id) return file.file_id;
  const form = new FormData();
  form.append("file", file.blob, file.name);
  const headers = { Accept: "application/json", "X-CSRFToken": token, "Idempotency-Key": file.key };
  const response = await fetch("/api/v1/files", { method: "POST", body: form, headers, credentials: "same-origin" }).catch(() => null);
  const body = (await response?.json().catch(() => null)) as { id?: string; code?: string; detail?: string } | null;
  if (response?.status === 201 && body?.id) {
    await changeFile(id, { file_id: body.id });
    return body.id;
  }
  const final = response && response.status >= 400 && response.status < 500 && ![400, 401, 403, 429].includes(response.status);
  throw new Trouble({ code: body?.code ?? "unavailable", message: body?.detail ?? "" }, final ? undefined : null);
}

/* Throws while something is left that may go: the browser then tries again by itself. */
export async function replay(): Promise<void> {
  const mine = await session();
  if (!mine?.id) return;
  const ways: Ways = {
    post: (user, commands) => postCommands(user, commands, session),
    upload: (id) => upload(id, mine.csrf_token ?? ""),
    forget: (ids) => Promise.all(ids.map((id) => changeFile(id, { file_id: null, key: crypto.randomUUID() }))).then(() => undefined),
  };
  const user = mine.id;
  await self.navigator.locks.request(LOCK, () => flush(user, ways));
  if (nextBatch(await outboxOf(user)).length) throw new Error("not yet");
}
