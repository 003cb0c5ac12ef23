/* Copies what is shown once: a token, a link. */
import { Controller } from "@hotwired/stimulus";
import { showToast } from "../lib/toast";
import { t } from "./strings";

export default class CopyController extends Controller<HTMLElement> {
  static override targets = ["text"];
  declare readonly textTarget: HTMLInputElement | HTMLTextAreaElement;

  async copy(): Promise<void> {
    this.textTarget.select();
    try {
      await navigator.clipboard.writeText(this.textTarget.value);
      showToast(t("copied"));
    } catch {
      showToast(t("notCopied"), { icon: "info" });
    }
  }
}
