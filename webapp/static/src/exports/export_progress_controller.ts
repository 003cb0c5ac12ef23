/* How far a file is; the page goes on by itself when it is made. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { get } from "../lib/api";
import { t } from "./strings";

interface Standing {
  state: string;
  rows_done: number;
}

const EVERY_MS = 800;
const UNDER_WAY = ["waiting", "writing"];

export default class ExportProgressController extends Controller<HTMLElement> {
  static override targets = ["text"];
  static override values = { url: String };
  declare readonly textTarget: HTMLElement;
  declare readonly urlValue: string;
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
      if (!UNDER_WAY.includes(standing.state)) return visit(window.location.pathname, { action: "replace" });
      if (standing.rows_done) this.textTarget.textContent = t("written", { n: standing.rows_done });
    } catch {
      // No network for a moment: the file is made without us, the next look tells.
    }
    this.#timer = window.setTimeout(() => void this.#look(), EVERY_MS);
  }
}
