/* Wires the worker's parts. It keeps the shell, never a person's pages or figures. */
import { install, prune, respond } from "./cache";
import { TAG } from "../outbox/sender";
import { replay } from "./outbox";
import { pushed, subscriptionChanged, tapped } from "./push";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => event.waitUntil(install()));

self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([prune(), self.clients.claim(), self.registration.navigationPreload?.enable()])),
);

self.addEventListener("fetch", (event) => {
  const answer = respond(event);
  if (answer) event.respondWith(answer);
});

self.addEventListener("message", (event) => {
  // The person accepted the update; until then the old worker stays.
  if ((event.data as { type?: string } | null)?.type === "take-over") void self.skipWaiting();
});

self.addEventListener("push", (event) => event.waitUntil(pushed(event)));
self.addEventListener("notificationclick", (event) => event.waitUntil(tapped(event)));
self.addEventListener("pushsubscriptionchange", (event) =>
  (event as ExtendableEvent).waitUntil(subscriptionChanged(event as unknown as { oldSubscription?: PushSubscription | null })),
);

self.addEventListener("sync", (event) => {
  const { tag, waitUntil } = event as ExtendableEvent & { tag: string };
  if (tag === TAG) waitUntil.call(event, replay());
});
