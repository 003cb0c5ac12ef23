/* A form whose answer is a passkey: asks the server what to sign, the device to sign it, then sends the form.
 *   <form data-controller="passkey" data-passkey-options-value="/…/options" data-passkey-act-value="create"
 *         data-action="submit->passkey#ask"><input type="hidden" name="credential" data-passkey-target="credential"> */
import { Controller } from "@hotwired/stimulus";
import { ApiError, post } from "../lib/api";
import { t } from "./strings";
import { answerJson, creationOptions, requestOptions, type CreationJson, type RequestJson } from "./webauthn";

export default class PasskeyController extends Controller<HTMLFormElement> {
  static override targets = ["credential", "said"];
  static override values = { options: String, act: String };
  declare readonly credentialTarget: HTMLInputElement;
  declare readonly saidTarget: HTMLElement;
  declare readonly optionsValue: string;
  declare readonly actValue: string;

  #asking = false;

  async ask(event: Event): Promise<void> {
    if (this.credentialTarget.value) return; // signed: the form goes
    event.preventDefault();
    if (this.#asking) return;
    if (!window.PublicKeyCredential) return this.#say(t("noPasskeys"));
    this.#asking = true;
    this.saidTarget.hidden = true;
    try {
      this.credentialTarget.value = JSON.stringify(await this.#answer());
      this.element.requestSubmit();
    } catch (error) {
      this.#say(reason(error));
    } finally {
      this.#asking = false;
    }
  }

  async #answer(): Promise<unknown> {
    const json = await post<CreationJson & RequestJson>(this.optionsValue, {});
    const found = this.actValue === "create" ? await create(json) : await get(json);
    if (!(found instanceof PublicKeyCredential)) throw new DOMException("", "NotAllowedError");
    return typeof found.toJSON === "function" ? found.toJSON() : answerJson(found);
  }

  #say(text: string): void {
    const words = this.saidTarget.querySelector("span");
    if (words) words.textContent = text;
    this.saidTarget.hidden = false;
  }
}

/* Browsers that read JSON themselves know options we do not. */
function create(json: CreationJson): Promise<Credential | null> {
  const native = PublicKeyCredential.parseCreationOptionsFromJSON as ((json: unknown) => PublicKeyCredentialCreationOptions) | undefined;
  return navigator.credentials.create({ publicKey: native ? native.call(PublicKeyCredential, json) : creationOptions(json) });
}

function get(json: RequestJson): Promise<Credential | null> {
  const native = PublicKeyCredential.parseRequestOptionsFromJSON as ((json: unknown) => PublicKeyCredentialRequestOptions) | undefined;
  return navigator.credentials.get({ publicKey: native ? native.call(PublicKeyCredential, json) : requestOptions(json) });
}

function reason(error: unknown): string {
  if (error instanceof ApiError) return error.problem.detail;
  if (error instanceof DOMException && error.name === "InvalidStateError") return t("passkeyKnown");
  if (error instanceof DOMException && error.name === "NotAllowedError") return t("passkeyGivenUp");
  return t("passkeyFailed");
}
