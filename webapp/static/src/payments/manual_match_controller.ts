/* Matching by hand: what is left runs along; a tick fills in what is open, as far as the money goes. */
import { Controller } from "@hotwired/stimulus";
import { language } from "../lib/i18n";
import { formatMoney, parseMoney } from "../lib/money";
import { rest, written } from "./manual_match";

export default class ManualMatchController extends Controller<HTMLElement> {
  static override targets = ["amount", "tick"];
  static override values = { amount: Number };
  declare readonly amountTargets: HTMLInputElement[];
  declare readonly tickTargets: HTMLInputElement[];
  declare readonly amountValue: number;

  override connect(): void {
    for (const tick of this.tickTargets) tick.hidden = false;
    this.count();
  }

  toggle(event: Event): void {
    const tick = event.currentTarget as HTMLInputElement;
    const field = this.amountTargets[this.tickTargets.indexOf(tick)];
    if (!field) return;
    field.value = "";
    if (tick.checked) {
      const open = Number(field.dataset.open);
      const left = field.dataset.sign === "-1" ? open : Math.min(open, Math.max(this.#rest, 0));
      field.value = left ? written(left, language()) : "";
    }
    this.count();
  }

  count(): void {
    const output = document.querySelector<HTMLOutputElement>("#rest");
    if (!output) return;
    const left = this.#rest;
    output.textContent = formatMoney(left, { currency: output.dataset.currency ?? "EUR", cents: true });
    output.classList.toggle("is-bad", left < 0);
    this.tickTargets.forEach((tick, place) => (tick.checked = Boolean(this.amountTargets[place]?.value.trim())));
  }

  get #rest(): number {
    const lines = this.amountTargets.map((field) => ({
      amount: parseMoney(field.value) ?? 0,
      sign: Number(field.dataset.sign),
    }));
    return rest(this.amountValue, lines);
  }
}
