/* Notifications: a push always shows exactly one, also when it can't be read (browsers demand it). */
import { readPayload } from "./payload";

declare const self: ServiceWorkerGlobalScope;

/* The same origin or nothing: a payload can't lead elsewhere. */
function inside(url: string): string {
  const target = new URL(url, self.location.origin);
  return target.origin === self.location.origin ? target.href : self.location.origin + "/";
}

const windows = (): Promise<readonly WindowClient[]> => self.clients.matchAll({ type: "window", includeUncontrolled: true });

export async function pushed(event: PushEvent): Promise<void> {
  const payload = readPayload(event.data);
  // Shown first: whatever fails after it, the promise of one notification is kept.
  await self.registration.showNotification(String(payload.title), {
    body: String(payload.body),
    tag: String(payload.tag),
    icon: "/static/icons/icon-192.png",
    badge: "/static/icons/badge-96.png",
    data: { url: inside(String(payload.url)) },
    requireInteraction: payload.kind === "limit_breach",
  });
  await setBadge(payload.badge).catch(() => undefined);
  for (const client of await windows()) client.postMessage({ type: "pushed" });
}

async function setBadge(badge: unknown): Promise<void> {
  const count = Number(badge);
  if (!("setAppBadge" in self.navigator) || !Number.isInteger(count) || count < 0) return;
  await (count ? self.navigator.setAppBadge(count) : self.navigator.clearAppBadge());
}

/* An open window is brought to the front and taken there by Turbo; otherwise one opens. */
export async function tapped(event: NotificationEvent): Promise<void> {
  event.notification.close();
  const url = (event.notification.data as { url?: string } | null)?.url ?? self.location.origin + "/";
  const open = await windows();
  const best = open.find((client) => client.focused) ?? open[0];
  if (!best) {
    await self.clients.openWindow(url);
    return;
  }
  await best.focus().catch(() => undefined);
  best.postMessage({ type: "visit", url });
}

/* The browser replaced the subscription: the same key, told to the server with a fresh CSRF token. */
export async function subscriptionChanged(event: { oldSubscription?: PushSubscription | null }): Promise<void> {
  const options = event.oldSubscription?.options;
  const subscription =
    (await self.registration.pushManager.getSubscription()) ??
    (options?.applicationServerKey &&
      (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: options.applicationServerKey })));
  if (!subscription) return;
  const session = (await (await fetch("/api/v1/session", { credentials: "same-origin" })).json()) as { csrf_token?: string };
  await fetch("/api/v1/push-subscriptions", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": session.csrf_token ?? "", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ endpoint: subscription.endpoint, keys: subscription.toJSON().keys }),
  });
}
