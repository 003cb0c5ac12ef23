/* Whether this device rings, and making it ring. Plain logic: no DOM beyond the browser's push API. */
import { get, post, remove } from "../lib/api";

export type State = "on" | "off" | "blocked" | "install" | "unsupported";

interface Device {
  id: string;
  endpoint: string;
}

const installed = (): boolean =>
  matchMedia("(display-mode: standalone)").matches || ("standalone" in navigator && navigator.standalone === true);

const onIos = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);

/* "BF…" -> the bytes that PushManager wants. */
export function keyBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "="));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

async function manager(): Promise<PushManager> {
  return (await navigator.serviceWorker.ready).pushManager;
}

async function known(endpoint: string): Promise<Device | undefined> {
  const { items } = await get<{ items: Device[] }>("/api/v1/push-subscriptions");
  return items.find((device) => device.endpoint === endpoint);
}

export async function currentState(): Promise<State> {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return onIos() && !installed() ? "install" : "unsupported";
  }
  if (Notification.permission === "denied") return "blocked";
  if (Notification.permission !== "granted") return "off";
  const subscription = await (await manager()).getSubscription();
  return subscription && (await known(subscription.endpoint)) ? "on" : "off";
}

/* Only after a tap: asks for permission, subscribes with our key, tells the server. */
export async function subscribe(): Promise<State> {
  if ((await Notification.requestPermission()) !== "granted") return currentState();
  const { key } = await get<{ key: string }>("/api/v1/push-subscriptions/key");
  const push = await manager();
  const wanted = keyBytes(key);
  let subscription = await push.getSubscription();
  // Made with another key (a restored or moved server): it could never be sent to.
  const used = subscription?.options.applicationServerKey;
  if (subscription && used && String(new Uint8Array(used)) !== String(wanted)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await push.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
  const { endpoint, keys } = subscription.toJSON();
  await post("/api/v1/push-subscriptions", { endpoint, keys });
  return "on";
}

export async function unsubscribe(): Promise<State> {
  const subscription = await (await manager()).getSubscription();
  if (subscription) {
    const device = await known(subscription.endpoint);
    if (device) await remove(`/api/v1/push-subscriptions/${device.id}`);
    await subscription.unsubscribe();
  }
  return "off";
}
