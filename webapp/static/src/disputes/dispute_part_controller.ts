/* Typing an amount says that only a part of the invoice is contested. */
import { Controller } from "@hotwired/stimulus";

export default class DisputePartController extends Controller<HTMLFormElement> {
  static override targets = ["part"];
  declare readonly partTarget: HTMLInputElement;

  typed(event: Event): void {
    if ((event.target as HTMLInputElement).name === "amount") this.partTarget.checked = true;
  }
}
