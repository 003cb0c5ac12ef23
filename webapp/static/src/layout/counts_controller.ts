/* Unread threads and open alerts in the navigation, kept true while the page is open. */
import { Controller } from "@hotwired/stimulus";
import { refreshSession } from "../lib/api";
import { actorId } from "../lib/page";
import { onServer } from "../lib/socket";

const EVENTS = ["thread.unread", "thread.read", "alert.raised", "alert.changed"];
const PATIENCE = 400;

type Counts = Partial<Record<"unread_threads" | "open_alerts", number>>;

export default class CountsController extends Controller<HTMLElement> {
  #stops: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connect(): void {
    if (!actorId()) return;
    const later = (): void => this.#later();
    const seen = (): void => void (document.visibilityState === "visible" && this.#later());
    // After the first paint: the socket is no part of the first load.
    const idle = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 200));
    idle(() => { if (this.element.isConnected) this.#stops.push(...EVENTS.map((event) => onServer(event, later))); });
    window.addEventListener("push:received", later);
    window.addEventListener("socket:connected", later);
    document.addEventListener("visibilitychange", seen);
    this.#stops.push(
      () => window.removeEventListener("push:received", later),
      () => window.removeEventListener("socket:connected", later),
      () => document.removeEventListener("visibilitychange", seen),
    );
  }

  override disconnect(): void {
    clearTimeout(this.#timer);
    this.#stops.splice(0).forEach((stop) => stop());
  }

  /* The database is the only truth: an event is a hint to ask again, and a burst of hints is one question. */
  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), PATIENCE);
  }

  async #refresh(): Promise<void> {
    const session = await refreshSession().catch(() => null);
    const counts = (session?.counts ?? {}) as Counts;
    this.#show("threads", counts.unread_threads);
    this.#show("alerts", counts.open_alerts);
    const total = (counts.unread_threads ?? 0) + (counts.open_alerts ?? 0);
    if (session?.counts && "setAppBadge" in navigator) await navigator.setAppBadge(total).catch(() => undefined);
  }

  #show(name: string, number: number | undefined): void {
    if (number === undefined) return;
    for (const badge of document.querySelectorAll<HTMLElement>(`[data-count="${name}"]`)) {
      badge.hidden = number === 0;
      const place = badge.querySelector("[data-number]");
      if (place) place.textContent = number > 99 ? "99+" : String(number);
    }
  }
}
