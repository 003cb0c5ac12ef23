/* "Tester mes notifications": a real push by the usual way, and an honest word on each step of it. */
import { Controller } from "@hotwired/stimulus";
import { ApiError, get, post } from "../lib/api";
import { t } from "./strings";
import { currentState } from "./subscription";

interface Line {
  id: string;
  device: string;
  state: "due" | "sent" | "gone" | "skipped" | "failed";
}

const WORDS = { due: "due", sent: "sent", gone: "gone", skipped: "skipped", failed: "failedOn" } as const;
const PATIENCE_MS = 15_000;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export default class PushTestController extends Controller<HTMLElement> {
  static override targets = ["button", "results"];
  declare readonly buttonTarget: HTMLButtonElement;
  declare readonly resultsTarget: HTMLElement;

  #arrived = false;
  #note = (): void => { this.#arrived = true; };

  override connect(): void {
    window.addEventListener("push:received", this.#note);
  }

  override disconnect(): void {
    window.removeEventListener("push:received", this.#note);
  }

  async run(): Promise<void> {
    this.buttonTarget.setAttribute("aria-busy", "true");
    this.#arrived = false;
    try {
      const here = (await currentState()) === "on";
      const test = await post<{ id: string; devices: number }>("/api/v1/push-subscriptions/test");
      if (test.devices === 0) this.#show([t("none")]);
      else await this.#follow(test.id, here);
    } catch (error) {
      this.#show([error instanceof ApiError ? error.message : t("failed")]);
    } finally {
      this.buttonTarget.removeAttribute("aria-busy");
    }
  }

  async #follow(id: string, here: boolean): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const { items } = await get<{ items: Line[] }>(`/api/v1/push-subscriptions/test/${id}`);
      const settled = items.every((line) => line.state !== "due") && (!here || this.#arrived);
      const over = settled || Date.now() > until || !this.element.isConnected;
      const words = items.map((line) => t(WORDS[line.state], { device: line.device || t("unknown") }));
      if (here) words.push(t(this.#arrived ? "here" : over ? "nothingHere" : "waiting"));
      this.#show(words);
      if (over) return;
      await pause(700);
    }
  }

  #show(lines: string[]): void {
    this.resultsTarget.replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
  }
}
