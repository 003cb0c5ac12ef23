/* The bar at the very top: says that the network is gone, and how many acts wait for it. */
import { Controller } from "@hotwired/stimulus";
import { actorId } from "../lib/page";
import { countOutbox } from "../lib/store";

export default class NetworkController extends Controller<HTMLElement> {
  static override targets = ["outbox"];
  declare readonly hasOutboxTarget: boolean;
  declare readonly outboxTarget: HTMLElement;

  #stop = new AbortController();

  override connect(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const name of ["online", "offline", "outbox:changed", "resize"]) {
      window.addEventListener(name, () => void this.show(), { signal });
    }
    void this.show();
  }

  override disconnect(): void {
    this.#stop.abort();
  }

  async show(): Promise<void> {
    const offline = !navigator.onLine;
    this.element.hidden = !offline;
    document.documentElement.toggleAttribute("data-offline", offline);
    // Sticky headers stand under the bar, however many lines it takes.
    document.documentElement.style.setProperty("--net-h", offline ? `${this.element.offsetHeight}px` : "0px");
    await this.#count().catch(() => undefined);
  }

  async #count(): Promise<void> {
    const actor = actorId();
    if (!this.hasOutboxTarget || !actor) return;
    const waiting = await countOutbox(actor);
    this.outboxTarget.hidden = waiting === 0;
    const number = this.outboxTarget.querySelector("[data-number]");
    if (number) number.textContent = String(waiting);
  }
}
