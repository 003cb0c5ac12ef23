/* Does this device ring? Says so, and changes it at a tap; permission is never asked for otherwise. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { ApiError } from "../lib/api";
import { t } from "./strings";
import { currentState, subscribe, unsubscribe, type State } from "./subscription";

const ICONS: Record<State, string> = { on: "bell-ring", off: "bell-off", blocked: "bell-off", install: "share", unsupported: "bell-off" };

/* The sentence beside the field at fault, or the whole refusal. */
const reason = (error: ApiError): string => [error.fields.endpoint ?? error.fields.keys ?? error.message].flat().join(" ");

export default class PushController extends Controller<HTMLElement> {
  static override targets = ["state", "icon", "on", "off", "install"];
  declare readonly stateTarget: HTMLElement;
  declare readonly iconTarget: HTMLElement;
  declare readonly onTarget: HTMLButtonElement;
  declare readonly offTarget: HTMLButtonElement;
  declare readonly installTarget: HTMLButtonElement;

  override async connect(): Promise<void> {
    this.#show(await currentState().catch((): State => "off"));
  }

  async enable(): Promise<void> {
    await this.#change(this.onTarget, subscribe);
  }

  async disable(): Promise<void> {
    await this.#change(this.offTarget, unsubscribe);
  }

  async #change(button: HTMLButtonElement, act: () => Promise<State>): Promise<void> {
    button.setAttribute("aria-busy", "true");
    try {
      const state = await act();
      this.#show(state);
      // The list of devices is the server's to draw.
      if (state === "on" || act === unsubscribe) visit(window.location.href, { action: "replace" });
    } catch (error) {
      this.stateTarget.textContent = error instanceof ApiError ? reason(error) : t("failed");
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  #show(state: State): void {
    this.stateTarget.textContent = t(state);
    const use = this.iconTarget.querySelector("use");
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#i-${ICONS[state]}`));
    this.onTarget.hidden = state !== "off";
    this.offTarget.hidden = state !== "on";
    this.installTarget.hidden = state !== "install";
  }
}
