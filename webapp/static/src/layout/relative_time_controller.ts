/* <time datetime="2026-11-24T08:12:00Z" data-controller="relative-time">: keeps "il y a 12 min" true. What the server
 * wrote is true when it comes: one clock for the whole page looks at all of them, now and then. */
import { Controller } from "@hotwired/stimulus";
import { ago, elapsed } from "../lib/dates";

const shown = new Set<RelativeTimeController>();
let clock: ReturnType<typeof setInterval> | undefined;

export default class RelativeTimeController extends Controller<HTMLTimeElement> {
  static override values = { style: { type: String, default: "elapsed" } };
  declare readonly styleValue: string;

  override connect(): void {
    shown.add(this);
    clock ??= setInterval(showAll, 30_000);
    if (!this.element.textContent?.trim()) this.show();
  }

  override disconnect(): void { shown.delete(this); }

  show(): void {
    const instant = new Date(this.element.dateTime);
    if (Number.isNaN(instant.getTime())) return;
    const text = this.styleValue === "list" ? ago(instant) : elapsed(instant);
    if (this.element.textContent !== text) this.element.textContent = text;
  }
}

function showAll(): void { shown.forEach((each) => each.show()); }

// A page that comes back, from a snapshot or from sleep, may be old.
document.addEventListener("turbo:render", showAll);
document.addEventListener("visibilitychange", () => document.hidden || showAll());
