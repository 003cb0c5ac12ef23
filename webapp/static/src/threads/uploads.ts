/* Bringing files to the server: each once, however often it is asked for, under a key that survives the page, and in
 * pieces, so that one that is cut goes on where it was. */
import { meta } from "../lib/page";
import { refreshSession } from "../lib/api";
import { AckError } from "../lib/socket";
import type { Unsent } from "../files/resumable";
import { changeFile, dropFiles, findFile, forget, type KeptFile } from "./kept_files";
import { t } from "./strings";

export type Progress = (share: number) => void;

const running = new Map<string, Promise<string>>();
const watchers = new Map<string, Set<Progress>>();
let last: Promise<void> = Promise.resolve();
const stops = new Map<string, AbortController>();

/* Told how far an upload is, from 0 to 1, whoever started it. */
export function onProgress(id: string, tell: Progress): () => void {
  const known = watchers.get(id) ?? new Set();
  watchers.set(id, known.add(tell));
  return () => known.delete(tell);
}

/* The server's id of a kept file, uploaded now unless it is there already. One after the other: on a slow line the
 * first arrives sooner. Raises AckError. */
export function upload(id: string): Promise<string> {
  const known = running.get(id);
  if (known) return known;
  const before = last;
  const mine = before.then(() => start(id)).finally(() => running.delete(id));
  last = mine.then(() => undefined, () => undefined);
  running.set(id, mine);
  return mine;
}

/* Taken out of a draft: what is under way stops, and what came of it goes. */
export async function abandon(id: string): Promise<void> {
  stops.get(id)?.abort();
  const file = await findFile(id);
  await dropFiles([id]);
  if (!file?.upload || file.file_id) return;
  const { giveUp } = await import("../files/resumable");
  await giveUp(file.upload, { token: meta("csrf-token") ?? "" });
}

async function start(id: string): Promise<string> {
  const stop = new AbortController();
  stops.set(id, stop);
  try {
    const file = await findFile(id);
    if (!file) throw new AckError("file_lost", t("fileLost"));
    const found = file.file_id ?? (await send(file, stop.signal));
    if (!file.file_id) await changeFile(id, { file_id: found });
    return found;
  } finally {
    stops.delete(id);
  }
}

async function send(file: KeptFile, signal: AbortSignal): Promise<string> {
  const { Unsent } = await import("../files/resumable");
  try {
    return await sendAs(file, signal);
  } catch (error) {
    if (!(error instanceof Unsent)) throw error;
    const code = error.problem.code ?? "";
    if (error.status === 422 && code === "id_reused") await forget([file.id]);
    else if (error.status !== 400 || !code.includes("csrf")) throw inWords(error);
    // Somebody else may have signed in on this device meanwhile: files are never theirs.
    else if ((await refreshSession().catch(() => null))?.id !== file.user) throw new AckError("offline", t("waiting"));
  }
  return sendAs((await findFile(file.id)) ?? file, signal).catch((error: unknown) => {
    throw error instanceof Unsent ? inWords(error) : error;
  });
}

async function sendAs(file: KeptFile, signal: AbortSignal): Promise<string> {
  const { bring } = await import("../files/resumable");
  return bring({ ...file, url: file.upload ?? null }, {
    token: meta("csrf-token") ?? "",
    signal,
    begun: (upload) => changeFile(file.id, { upload }).catch(() => undefined),
    progress: (share) => watchers.get(file.id)?.forEach((tell) => tell(share)),
  });
}

function inWords({ status, problem }: Unsent): AckError {
  if (status === 0 || status === 401) return new AckError("offline", t("waiting"));
  if (status === 423 || status === 429 || status >= 500) return new AckError("unavailable", problem.detail || t("waiting"), problem.retry_after ?? 5);
  const first = Object.values(problem.errors ?? {})[0];
  return new AckError(problem.code ?? "refused", (Array.isArray(first) ? first[0] : first) ?? (problem.detail || t("fileRefused")));
}
