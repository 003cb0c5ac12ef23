/* The timeline of an open sheet: asked for again when something happens to this client, and when the line was down.
 * Once older lines were fetched it stays as it is, so that nobody loses their place. */
import type { FrameElement } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { onServer } from "../lib/socket";

const PATIENCE = 400;

export default class LiveActivityController extends Controller<FrameElement> {
  static override values = { client: String, url: String };
  declare readonly clientValue: string;
  declare readonly urlValue: string;

  #stops: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connect(): void {
    const changed = (payload: { ids: string[] | null }): void => {
      if (!payload.ids || payload.ids.includes(this.clientValue)) this.#later();
    };
    const later = (): void => this.#later();
    this.#stops.push(onServer("client.changed", changed), onServer("alert.raised", later), onServer("thread.unread", later));
    window.addEventListener("socket:connected", later);
    this.#stops.push(() => window.removeEventListener("socket:connected", later));
  }

  override disconnect(): void {
    clearTimeout(this.#timer);
    this.#stops.splice(0).forEach((stop) => stop());
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), PATIENCE);
  }

  #refresh(): void {
    if (this.element.querySelector(":scope turbo-frame .tl")) return;
    if (this.element.src === new URL(this.urlValue, location.href).href) void this.element.reload();
    else this.element.src = this.urlValue;
  }
}
