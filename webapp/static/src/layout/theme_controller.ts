/* Shows the chosen theme at once: <select data-controller="theme" data-action="theme#preview">, or radio buttons. */
import { Controller } from "@hotwired/stimulus";

export default class ThemeController extends Controller<HTMLElement> {
  preview(event: Event): void {
    const choice = (event.target as HTMLInputElement | HTMLSelectElement).value;
    const root = document.documentElement;
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
  }
}
