/* <time datetime="2026-11-24T08:12:00Z" data-controller="relative-time">: keeps "il y a 12 min" true. */
import { Controller } from "@hotwired/stimulus";
import { ago, elapsed } from "../lib/dates";

export default class RelativeTimeController extends Controller<HTMLTimeElement> {
  static override values = { style: { type: String, default: "elapsed" } };
  declare readonly styleValue: string;

  #timer: ReturnType<typeof setInterval> | undefined;

  override connect(): void {
    this.#show();
    this.#timer = setInterval(() => this.#show(), 30_000);
  }

  override disconnect(): void {
    clearInterval(this.#timer);
  }

  #show(): void {
    const instant = new Date(this.element.dateTime);
    if (Number.isNaN(instant.getTime())) return;
    this.element.textContent = this.styleValue === "list" ? ago(instant) : elapsed(instant);
  }
}
