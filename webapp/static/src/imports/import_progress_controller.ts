/* How far a check or an import is; the page goes on by itself when it is over. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { t } from "./strings";

interface Standing {
  state: string;
  rows_done: number;
  rows_total: number;
}

const EVERY_MS = 700;

export default class ImportProgressController extends Controller<HTMLElement> {
  static override targets = ["bar", "text"];
  static override values = { url: String, state: String };
  declare readonly barTarget: HTMLProgressElement;
  declare readonly textTarget: HTMLElement;
  declare readonly urlValue: string;
  declare readonly stateValue: string;
  #timer = 0;

  override connect(): void {
    this.#timer = window.setTimeout(() => void this.#look(), EVERY_MS);
  }

  override disconnect(): void {
    window.clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const standing = await get<Standing>(this.urlValue);
      if (!this.element.isConnected) return;
      if (standing.state !== this.stateValue) return visit(window.location.pathname, { action: "replace" });
      this.#show(standing);
    } catch {
      // No network for a moment: the import goes on without us, the next look tells.
    }
    this.#timer = window.setTimeout(() => void this.#look(), EVERY_MS);
  }

  #show({ state, rows_done: done, rows_total: total }: Standing): void {
    if (state !== "checking" || !total) return;
    this.barTarget.max = total;
    this.barTarget.value = done;
    const figures = new Intl.NumberFormat(document.documentElement.lang);
    this.textTarget.textContent = t("rows", { done: figures.format(done), total: figures.format(total) });
  }
}
