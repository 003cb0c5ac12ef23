/* The button repeats the decision, as it is pressed or written. */
import { Controller } from "@hotwired/stimulus";
import { longDay } from "../lib/dates";
import { formatMoney, parseMoney } from "../lib/money";

export default class GrantingController extends Controller<HTMLFormElement> {
  static override targets = ["said"];
  static override values = { words: String, until: String };
  declare readonly saidTarget: HTMLElement;
  declare readonly wordsValue: string;
  declare readonly untilValue: string;

  say(): void {
    const amount = this.#said("granted", "amount", (written) => formatMoney(parseMoney(written) ?? 0));
    const until = this.#said("until", "ends_on", (written) => this.untilValue.replace("…", longDay(new Date(`${written}T12:00:00`))));
    this.saidTarget.textContent = [this.wordsValue, amount, until].filter(Boolean).join(" ");
  }

  #said(choice: string, other: string, words: (written: string) => string): string {
    const chosen = this.element.querySelector<HTMLInputElement>(`[name="${choice}"]:checked`);
    if (chosen?.value !== "other") return chosen?.dataset.said ?? "";
    const written = this.element.querySelector<HTMLInputElement>(`[name="${other}"]`)?.value.trim();
    return written ? words(written) : "";
  }
}
