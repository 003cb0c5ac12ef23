/* The list's filters and order: a link sets its value in the search form and sends it, so that words already
 * typed stay. Without script the same links load the list in that state. */
import { Controller } from "@hotwired/stimulus";

interface Choice extends Event {
  params: { name?: string; value?: string };
}

export default class ClientFilterController extends Controller<HTMLElement> {
  static override targets = ["value"];
  declare readonly valueTargets: HTMLInputElement[];

  choose(event: Choice): void {
    const { name, value } = event.params;
    const field = this.valueTargets.find((target) => target.name === name);
    const link = event.currentTarget;
    if (!field?.form || value === undefined || !(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    field.value = value;
    for (const other of link.parentElement?.querySelectorAll("a[aria-current]") ?? []) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    link.closest("details")?.removeAttribute("open");
    field.form.requestSubmit();
  }
}
