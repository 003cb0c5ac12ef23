/* When what waits is sent from a page: at the start, and whenever the network may be back. One sender on the device
 * at a time: in this page by a promise, between pages and the worker by a lock. */
import { refreshSession } from "../lib/api";
import { actorId, meta } from "../lib/page";
import { AckError } from "../lib/socket";
import { outboxOf, wipeRead } from "../lib/store";
import { forget } from "../threads/kept_files";
import { upload } from "../threads/uploads";
import { nextBatch } from "./order";
import { flush, freeInterrupted, LOCK, TAG, Trouble, type Ways } from "./sender";
import { postCommands, type Session } from "./wire";

const LONGEST = 60;

async function session(fresh: boolean): Promise<Session | null> {
  if (!fresh) return { id: actorId() ?? undefined, csrf_token: meta("csrf-token") };
  return refreshSession().then(({ id, csrf_token }) => ({ id: String(id), csrf_token }), () => null);
}

const ways: Ways = {
  async post(user, commands) {
    const answer = await postCommands(user, commands, session);
    // What waits outlives the session, and is shown to nobody until its person is back.
    if ("stopped" in answer && answer.stopped === "signed_out") await wipeRead();
    return answer;
  },
  forget,
  async upload(file) {
    try {
      return await upload(file);
    } catch (error) {
      if (!(error instanceof AckError)) throw error;
      throw new Trouble({ code: error.code, message: error.message }, error.again ? error.retryAfter ?? null : undefined);
    }
  },
};

const alone = async (user: string): Promise<number | null | undefined> =>
  navigator.locks ? await navigator.locks.request(LOCK, () => flush(user, ways)) : await flush(user, ways);

/* Where nothing is sent: what a page that was left had begun to send waits again, unless somebody else sends now. */
export const tidy = async (user: string): Promise<void> =>
  navigator.locks?.request(LOCK, { ifAvailable: true }, (lock) => (lock ? freeInterrupted(user) : undefined));

let running: Promise<unknown> | null = null;
let asked = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let patience = 2;

/* Sends what waits, now. Without a lock of browsers (before 2022) one page is enough. */
export function flushSoon(): void {
  const user = actorId();
  if (!user) return;
  if (running) { asked = true; return; }
  clearTimeout(timer);
  if (!navigator.onLine) void wakeLater();
  running = alone(user)
    .then((wait) => again(user, wait), (error: unknown) => { console.error("outbox", error); return again(user, null); })
    .finally(() => {
      running = null;
      if (asked) { asked = false; flushSoon(); }
    });
}

/* Later: when the server says so, else less and less often; and by the browser itself once the page is closed. */
async function again(user: string, wait: number | null | undefined): Promise<void> {
  if (wait === undefined) { patience = 2; return; }
  if (!nextBatch(await outboxOf(user)).length) return;
  await Promise.all([wakeLater(), askToPersist().catch(() => undefined)]);
  timer = setTimeout(flushSoon, (wait ?? patience) * 1000 * (0.8 + 0.4 * Math.random()));
  patience = Math.min(LONGEST, patience * 2);
}

/* Background Sync, where it exists. */
async function wakeLater(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register(TAG).catch(() => undefined);
}

let started = false;

/* Called by every page; listens once a visit. */
export function startReplay(): void {
  const user = actorId();
  if (!user) return;
  if (!started) {
    started = true;
    window.addEventListener("online", flushSoon);
    window.addEventListener("socket:connected", flushSoon);
    window.addEventListener("outbox:replay", flushSoon);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") flushSoon(); });
  }
  flushSoon();
}

/* What somebody writes is not to be swept away when the device is short of room. */
export async function askToPersist(): Promise<void> {
  if (navigator.storage?.persist && !(await navigator.storage.persisted())) await navigator.storage.persist();
}
