/* The client's page looks for news by itself while it is looked at. There is no socket on this side of the wall. */
import { Controller } from "@hotwired/stimulus";

const EVERY_MS = 8_000;

export default class GuestExchangeController extends Controller<HTMLElement> {
  static override targets = ["said"];
  declare readonly saidTarget: HTMLElement;

  #timer: ReturnType<typeof setInterval> | undefined;
  #back = (): void => void this.#look();

  override connect(): void {
    this.saidTarget.lastElementChild?.scrollIntoView({ block: "end" });
    this.#timer = setInterval(this.#back, EVERY_MS);
    document.addEventListener("visibilitychange", this.#back);
  }

  override disconnect(): void {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#back);
  }

  async #look(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer) return;
    // The access ended: the page says so.
    if (!answer.ok) { if (answer.status === 404) location.reload(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('[data-guest-exchange-target="said"]');
    if (!fresh || !this.element.isConnected || fresh.innerHTML === this.saidTarget.innerHTML) return;
    this.saidTarget.replaceChildren(...[...fresh.children].map((line) => document.importNode(line, true)));
    this.saidTarget.lastElementChild?.scrollIntoView({ block: "end" });
  }
}
