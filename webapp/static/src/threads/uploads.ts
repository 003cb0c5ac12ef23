/* Bringing files to the server: each once, however often it is asked for, under a key that survives the page. */
import { meta } from "../lib/page";
import { refreshSession } from "../lib/api";
import { AckError } from "../lib/socket";
import { uuid7 } from "../lib/uuid";
import { changeFile, findFile, type KeptFile } from "./kept_files";
import { t } from "./strings";

export type Progress = (share: number) => void;
interface Answer { status: number; body: { id?: string; code?: string; detail?: string; errors?: Record<string, string[] | string> } }

const running = new Map<string, Promise<string>>();
const watchers = new Map<string, Set<Progress>>();

/* Told how far an upload is, from 0 to 1, whoever started it. */
export function onProgress(id: string, tell: Progress): () => void {
  const known = watchers.get(id) ?? new Set();
  watchers.set(id, known.add(tell));
  return () => known.delete(tell);
}

/* The server's id of a kept file, uploaded now unless it is there already. Raises AckError. */
export function upload(id: string): Promise<string> {
  const known = running.get(id) ?? start(id).finally(() => running.delete(id));
  running.set(id, known);
  return known;
}

/* Those of one message, one after the other: on a slow line the first arrives sooner. */
export async function uploadAll(ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) found.push(await upload(id));
  return found;
}

/* What the server no longer has goes again under a new key. */
export async function forget(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => changeFile(id, { file_id: null, key: uuid7() })));
}

async function start(id: string): Promise<string> {
  const file = await findFile(id);
  if (!file) throw new AckError("file_lost", t("fileLost"));
  if (file.file_id) return file.file_id;
  let answer = await send(file);
  if (answer.status === 400 && answer.body.code?.includes("csrf")) {
    // Somebody else may have signed in on this device meanwhile: files are never theirs.
    const session = await refreshSession().catch(() => null);
    if (session?.id !== file.user) throw new AckError("offline", t("waiting"));
    answer = await send(file);
  }
  const { status, body } = answer;
  if (status === 201 && body.id) {
    await changeFile(id, { file_id: body.id });
    return body.id;
  }
  if (status === 0) throw new AckError("offline", t("waiting"));
  if (status === 429 || status >= 500) throw new AckError("unavailable", body.detail ?? t("waiting"), 5);
  if (status === 401) throw new AckError("offline", t("waiting"));
  throw new AckError(body.code ?? "refused", reason(body));
}

function reason(body: Answer["body"]): string {
  const first = Object.values(body.errors ?? {})[0];
  return (Array.isArray(first) ? first[0] : first) ?? body.detail ?? t("fileRefused");
}

/* fetch tells nothing of how far it is; this does. */
function send(file: KeptFile): Promise<Answer> {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/files");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", meta("csrf-token") ?? "");
    request.setRequestHeader("Idempotency-Key", file.key);
    request.responseType = "json";
    request.timeout = 120_000;
    request.upload.onprogress = ({ loaded, total }) => {
      if (total) watchers.get(file.id)?.forEach((tell) => tell(loaded / total));
    };
    request.onloadend = () => done({ status: request.status, body: (request.response as Answer["body"] | null) ?? {} });
    const form = new FormData();
    form.append("file", file.blob, file.name);
    request.send(form);
  });
}
