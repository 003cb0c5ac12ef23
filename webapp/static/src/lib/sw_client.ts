/* The page's side of the service worker: registration, offered updates, and taps on notifications. */
import { visit } from "@hotwired/turbo";
import { isWriting } from "./page";
import { t } from "./strings";
import { showToast } from "./toast";

let waiting: ServiceWorker | null = null;
let offered: HTMLElement | null = null;
let stale = false; // another page took the new version: this one changes over when nobody writes in it

function offerUpdate(): void {
  // In the middle of a draft nothing is offered; the next page asks again.
  if (!waiting || isWriting()) return;
  const worker = waiting;
  offered = showToast(t("updateReady"), {
    icon: "refresh-cw",
    seconds: Infinity,
    action: { label: t("reload"), run: () => worker.postMessage({ type: "take-over" }) },
  });
}

/* Who begins to write is left alone. */
function leaveAlone(): void {
  if (!offered?.isConnected || !isWriting()) return;
  offered.remove();
  offered = null;
}

function takenOver(): void {
  if (isWriting()) stale = true;
  else window.location.reload();
}

/* A part of this build is no longer to be had: an honest offer instead of a page that does not react. */
function buildGone(): void {
  if (!navigator.onLine || isWriting()) return;
  offered = showToast(t("updateReady"), { icon: "refresh-cw", seconds: Infinity, action: { label: t("reload"), run: () => window.location.reload() } });
}

function watch(registration: ServiceWorkerRegistration): void {
  const found = (worker: ServiceWorker | null): void => {
    // Without a controller this is the first installation: there is nothing to replace.
    if (worker?.state !== "installed" || !navigator.serviceWorker.controller) return;
    waiting = worker;
    offerUpdate();
  };
  found(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => found(worker));
  });
}

function onMessage(event: MessageEvent<{ type?: string; url?: string }>): void {
  if (event.data.type === "visit" && event.data.url) {
    const url = new URL(event.data.url, location.origin);
    if (url.origin === location.origin) visit(url.href);
  }
  if (event.data.type === "pushed") window.dispatchEvent(new CustomEvent("push:received"));
}

export async function startServiceWorker(): Promise<void> {
  window.addEventListener("build:gone", buildGone);
  if (!("serviceWorker" in navigator)) return;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("message", onMessage);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // Only after an accepted update: the first worker takes over quietly.
    if (controlled && waiting) takenOver();
  });
  document.addEventListener("turbo:load", offerUpdate);
  document.addEventListener("input", leaveAlone);
  document.addEventListener("turbo:before-visit", (event) => {
    if (!stale) return;
    event.preventDefault();
    window.location.href = (event as CustomEvent<{ url: string }>).detail.url;
  });
  try {
    const registration = await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" });
    watch(registration);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
    });
  } catch (error) {
    console.warn("service worker", error);
  }
}
