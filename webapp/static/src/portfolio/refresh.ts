/* When the portfolio is brought to the device: where the app is carried around, when the page is idle, at most every
 * quarter of an hour, never by itself where data is to be saved. */
import { refreshSession } from "../lib/api";
import { actorId, meta } from "../lib/page";
import { tell } from "../lib/news";
import { findOwner, KEPT_PAGES, rememberOwner, wipeRead } from "../lib/store";
import { findAbout } from "./kept";
import { AT_ONCE, round, type Ask, type Outcome } from "./round";

const EVERY = 15 * 60_000;
/* The page somebody has just opened comes first. */
const CALM_MS = 3_000;
const CHOSEN = "encours.portfolio";
const LOCK = "encours-portfolio";
/* Shells: the portfolio's own page, and forms for any client (webapp/portfolio/blanks.py). */
export const SHELL = "/portfolio";
const SHELLS = [SHELL, "/portfolio/forms/visit", "/portfolio/forms/promise"];

const build = (): string => document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src") ?? "";
const carried = (): boolean => matchMedia("(display-mode: standalone), (pointer: coarse)").matches;
const saving = (): boolean => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
const chosen = (): boolean => localStorage.getItem(CHOSEN) === "1";

const ask: Ask = (cursor, etag) => {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (etag) headers["If-None-Match"] = etag;
  const place = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
  return fetch(`/api/v1/portfolio?limit=${AT_ONCE}${place}`, { headers, credentials: "same-origin", cache: "no-store", priority: "low" });
};

/* Each anew, so that they belong to this build; what a role may not do answers no page, and is not kept. */
async function keepShells(): Promise<void> {
  const cache = await caches.open(KEPT_PAGES);
  for (const path of SHELLS) {
    const page = await fetch(path, { credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" } });
    if (page.ok && !page.redirected) await cache.put(path, page);
    else await cache.delete(path);
  }
}

/* Now, whatever was kept when; somebody who asked for it waits for a round that is under way. */
export async function keepNow(waits: boolean): Promise<Outcome> {
  const user = actorId();
  if (!user || !navigator.onLine || !("caches" in window)) return "later";
  await rememberOwner(user, meta("actor-as"));
  const outcome = await one(waits, async () => {
    const done = await round(user, build(), ask);
    if (done === "kept") await keepShells();
    // Signed out meanwhile, perhaps in another tab: what this round wrote after the wiping goes too.
    if (done === "signed_out" || (await findOwner()) !== user) await wipeRead();
    if (done === "forbidden") await caches.delete(KEPT_PAGES);
    return done;
  }).catch(() => "later" as const);
  tell("portfolio:changed", { outcome });
  return outcome;
}

async function one(waits: boolean, work: () => Promise<Outcome>): Promise<Outcome> {
  return navigator.locks ? await navigator.locks.request(LOCK, { ifAvailable: !waits }, (lock) => (lock ? work() : "later" as const)) : await work();
}

/* Somebody asked for it on this device: it is kept here from now on, also at a desk. */
export async function keepHere(): Promise<Outcome> {
  localStorage.setItem(CHOSEN, "1");
  return await keepNow(true);
}

/* Called by every page once it is idle. */
export async function keepSoon(): Promise<void> {
  const user = actorId();
  if (!user) return;
  await rememberOwner(user, meta("actor-as"));
  await freshToken();
  if (!(carried() || chosen()) || saving()) return;
  await new Promise((calm) => setTimeout(calm, CALM_MS));
  const about = await findAbout(user);
  const fresh = about && about.build === build() && Date.now() - Date.parse(about.at) < EVERY;
  if (!fresh) await keepNow(false);
}

/* A kept page proves nothing; when the network is there, its forms are given what they need. */
async function freshToken(): Promise<void> {
  if (meta("csrf-token") !== "" || !navigator.onLine) return;
  const { csrf_token } = await refreshSession().catch(() => ({ csrf_token: undefined }));
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrf_token]")) field.value = csrf_token ?? "";
}
