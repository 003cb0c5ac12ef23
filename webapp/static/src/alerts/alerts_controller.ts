/* The list of alerts: kept true while it is open, and answered without leaving it. Forms and links work without. */
import type { FrameElement } from "@hotwired/turbo";
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { ApiError, post, remove } from "../lib/api";
import { onServer } from "../lib/socket";
import { showToast } from "../lib/toast";
import { t } from "./strings";

const PATIENCE = 300;
const MOVE = 220;

export default class AlertsController extends Controller<HTMLElement> {
  static override values = { url: String };
  declare readonly urlValue: string;

  #stops: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connect(): void {
    if (!this.#frame) return;
    const later = (): void => this.#later();
    this.#stops.push(onServer("alert.raised", later), onServer("alert.changed", later));
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

  async acknowledge(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    const id = form.dataset.alertId;
    if (!id) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button?.setAttribute("aria-busy", "true");
    try {
      await post(`/api/v1/alerts/${id}/acknowledgement`);
    } catch (error) {
      button?.removeAttribute("aria-busy");
      if (!(error instanceof ApiError)) throw error;
      showToast(error.message, { icon: "octagon-alert", seconds: 6 });
      return;
    }
    showToast(t("acknowledged"), { icon: "check-check", action: { label: t("undo"), run: () => void this.#undo(id) } });
    window.dispatchEvent(new CustomEvent("useful:moment"));
    await this.#moveAway(form);
  }

  async #moveAway(form: HTMLFormElement): Promise<void> {
    const row = form.closest<HTMLElement>("li.alert");
    row?.classList.add("alert--leaving");
    await new Promise((done) => setTimeout(done, row ? MOVE : 0));
    this.#refresh();
  }

  async #undo(id: string): Promise<void> {
    try {
      await remove(`/api/v1/alerts/${id}/acknowledgement`);
      showToast(t("reopened"), { icon: "undo-2" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      showToast(error.message, { icon: "octagon-alert", seconds: 6 });
    }
    this.#refresh();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), PATIENCE);
  }

  get #frame(): FrameElement | null {
    return this.element.localName === "turbo-frame" ? (this.element as FrameElement) : null;
  }

  /* On the page of one alert this sits around the detail: the page as a whole is asked again. */
  #refresh(): void {
    const frame = this.#frame;
    if (!frame) {
      visit(window.location.href, { action: "replace" });
      return;
    }
    if (frame.src) void frame.reload();
    else frame.src = this.urlValue;
  }
}
