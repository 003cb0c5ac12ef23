/* Keeps the parts of a page true that carry data-live: when one of `events` names one of the ids in `of` (or none is
 * asked for), the page is fetched once more and those parts take their new content. What somebody is typing stays.
 * While one of them says data-live-pending (a worker is making it), it is also looked for by itself: the news of it
 * may have come before this was listening. */
import { Controller } from "@hotwired/stimulus";
import { onServer } from "../lib/socket";

const PATIENCE = 300;
const FIRST_LOOK = 2_000;
const LAST_LOOK = 60_000;

export default class LivePageController extends Controller<HTMLElement> {
  static override values = { events: String, of: String };
  declare readonly eventsValue: string;
  declare readonly ofValue: string;

  #stops: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #look = FIRST_LOOK;

  override connect(): void {
    this.#expect();
    const later = (): void => this.#later();
    for (const event of this.eventsValue.split(" ")) {
      this.#stops.push(onServer(event, (payload) => this.#concerns(payload) && this.#later()));
    }
    // What came while the line was down, or the page asleep, is asked for again.
    for (const event of ["socket:connected", "push:received"]) {
      window.addEventListener(event, later);
      this.#stops.push(() => window.removeEventListener(event, later));
    }
  }

  override disconnect(): void {
    clearTimeout(this.#timer);
    this.#stops.splice(0).forEach((stop) => stop());
  }

  #concerns(payload: unknown): boolean {
    if (!this.ofValue || (payload as { ids?: unknown }).ids === null) return true;
    const said = JSON.stringify(payload);
    return this.ofValue.split(" ").some((id) => said.includes(id));
  }

  #later(patience = PATIENCE): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh().then(() => this.#expect()), patience);
  }

  /* Less and less often. */
  #expect(): void {
    if (!this.element.isConnected || this.#look > LAST_LOOK || !document.querySelector("[data-live] [data-live-pending]")) return;
    this.#later(this.#look);
    this.#look *= 2;
  }

  async #refresh(): Promise<void> {
    const here = window.location.href;
    const answer = await fetch(here, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || !this.element.isConnected || here !== window.location.href) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
      const now = fresh.getElementById(part.id);
      if (now && now.innerHTML !== part.innerHTML && !part.matches(":has(:focus)")) part.replaceChildren(...now.childNodes);
    }
  }
}
