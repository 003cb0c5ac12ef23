/* Background Sync: the browser says that the network is back, perhaps when no page is open any more. */
import { bring, Unsent } from "../files/resumable";
import { outboxOf } from "../lib/store";
import { nextBatch } from "../outbox/order";
import { flush, LOCK, Trouble, type Ways } from "../outbox/sender";
import { postCommands, type Session } from "../outbox/wire";
import { changeFile, findFile, forget } from "../threads/kept_files";

declare const self: ServiceWorkerGlobalScope;

async function session(): Promise<Session | null> {
  const response = await fetch("/api/v1/session", { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok ? ((await response.json()) as Session) : null;
}

async function upload(id: string, token: string): Promise<string> {
  const file = await findFile(id);
  if (!file) throw new Trouble({ code: "file_lost", message: "" }, undefined);
  if (file.file_id) return file.file_id;
  const begun = (url: string): Promise<unknown> => changeFile(id, { upload: url });
  const found = await bring({ ...file, url: file.upload ?? null }, { token, begun }).catch(async (error: unknown) => {
    if (!(error instanceof Unsent)) throw error;
    const { status, problem } = error;
    if (problem.code === "id_reused") {
      await forget([id]);
      throw new Trouble({ code: "unavailable", message: "" }, null);
    }
    const first = Object.values(problem.errors ?? {}).flat()[0];
    const final = status >= 400 && status < 500 && ![400, 401, 403, 423, 429].includes(status);
    throw new Trouble({ code: problem.code ?? "unavailable", message: first ?? problem.detail ?? "" }, final ? undefined : null);
  });
  await changeFile(id, { file_id: found });
  return found;
}

/* Throws while something is left that may go: the browser then tries again by itself. */
export async function replay(): Promise<void> {
  const mine = await session();
  if (!mine?.id) return;
  const ways: Ways = {
    post: (user, commands) => postCommands(user, commands, session),
    upload: (id) => upload(id, mine.csrf_token ?? ""),
    forget,
  };
  const user = mine.id;
  await self.navigator.locks.request(LOCK, () => flush(user, ways));
  if (nextBatch(await outboxOf(user)).length) throw new Error("not yet");
}
