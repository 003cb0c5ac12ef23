/* The report of a visit: kept on the device while it is written, and sent through the outbox, which is the same path
 * with and without a network; its files go first. Where the device keeps nothing it is an ordinary form. */
import { visit } from "@hotwired/turbo";
import { Controller } from "@hotwired/stimulus";
import { hour } from "../lib/dates";
import { actorId } from "../lib/page";
import { findDraft, removeDraft, saveDraft, sentOf, type OutboxItem } from "../lib/store";
import { showToast } from "../lib/toast";
import { uuid7 } from "../lib/uuid";
import { drop, queue } from "../outbox/queue";
import { askToPersist, flushSoon } from "../outbox/replay";
import { findFiles, keepFile } from "../threads/kept_files";
import { KEPT_DAYS } from "../users/draft";
import { draftOf, isBlank, putDraftBack, type VisitDraft } from "./draft";
import { clearFaults, goToFault, showFault } from "./faults";
import { FormFiles, sweepDrafts } from "./kept";
import { findAct, outcomeOf } from "./outcome";
import { readReport, type Brought } from "./report";
import { t } from "./strings";
import type VisitFilesController from "./visit_files_controller";

const PATIENCE = 300;
const DAY = 86_400_000;

/* Parts that tell of themselves, by the field they fill. */
const FIELDS: Record<string, string> = { "visit-files:changed": "files", "signature-pad:changed": "signature" };

export default class VisitReportController extends Controller<HTMLFormElement> {
  static override values = { client: String, name: String, currency: String, act: String };
  static override targets = ["fault", "refused", "kept"];
  declare readonly clientValue: string;
  declare readonly nameValue: string;
  declare readonly currencyValue: string;
  declare readonly actValue: string;
  declare readonly faultTarget: HTMLTemplateElement;
  declare readonly refusedTarget: HTMLElement;
  declare readonly keptTarget: HTMLTemplateElement;

  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #files: FormFiles | null = null;
  #act = "";
  #plain = false;
  #busy = false;
  #gone = false;

  override connect(): void {
    const user = actorId();
    if (!user) return;
    this.#stop = new AbortController();
    this.#files = new FormFiles(this.element, user);
    this.#act = this.actValue || uuid7();
    const { signal } = this.#stop;
    for (const name of ["input", "visit-files:changed", "signature-pad:changed"]) {
      this.element.addEventListener(name, ({ target }) => this.#changed(target as Element, FIELDS[name]), { signal });
    }
    this.element.addEventListener("submit", (event) => this.#submitted(event), { signal, capture: true });
    for (const name of ["pagehide", "session:ended"]) window.addEventListener(name, () => void this.#save(), { signal });
    void this.#restore(user).catch((error: unknown) => console.error("draft", error));
  }

  override disconnect(): void {
    if (this.#timer !== undefined) void this.#save();
    this.#stop.abort();
  }

  get #draft(): string { return `visit:${this.clientValue}`; }
  get #button(): HTMLButtonElement | null { return document.querySelector(`button[form=${this.element.id}]`); }

  #changed(field: Element, name?: string): void {
    clearFaults(this.element, field, name);
    this.#later();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), PATIENCE);
  }

  /* The words first: files take longer, and there may be no room for them. */
  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const user = actorId();
    if (!user || !this.#files || this.#gone || this.#busy) return;
    try {
      const before = await findDraft<VisitDraft>(user, this.#draft);
      await saveDraft(user, this.#draft, draftOf(this.element, this.#act, before?.files));
      const draft = draftOf(this.element, this.#act, await this.#files.keep(this.#act));
      if (this.#gone) return;
      if (isBlank(draft)) await removeDraft(user, this.#draft);
      else await saveDraft(user, this.#draft, draft);
      this.#say(isBlank(draft) ? "" : t("draftKept", { hour: hour(new Date()) }));
    } catch (error) {
      this.#say(error instanceof DOMException && error.name === "QuotaExceededError" ? t("full") : "");
    }
  }

  async #restore(user: string): Promise<void> {
    await sweepDrafts(user, Date.now() - KEPT_DAYS * DAY);
    const draft = await findDraft<VisitDraft>(user, this.#draft);
    if (!draft) return;
    const left = (await findAct(user, draft.act)) ?? (await sentOf(user)).find(({ id }) => id === draft.act);
    if (left) return removeDraft(user, this.#draft); // the page closed between sending and forgetting
    if (!this.element.isConnected) return;
    this.#act = draft.act;
    const own = this.element.querySelector<HTMLInputElement>("[name=visit_id]");
    if (own) own.value = draft.act;
    putDraftBack(this.element, draft);
    await this.#files?.restore(draft.files);
    this.#say(t("draftKept", { hour: hour(new Date(draft.at)) }));
    showToast(t("draftBack"), { icon: "history", seconds: 8, action: { label: t("draftDrop"), run: () => void this.#startAnew(user, draft) } });
  }

  /* Unless it is being sent: its files are no draft's any more. */
  async #startAnew(user: string, draft: VisitDraft): Promise<void> {
    if (this.#busy || this.#gone) return;
    await this.#forget(user, draft);
    visit(location.href, { action: "replace" });
  }

  async #forget(user: string, draft: VisitDraft): Promise<void> {
    this.#gone = true;
    clearTimeout(this.#timer);
    await this.#files?.drop(draft.files);
    await removeDraft(user, this.#draft);
  }

  #submitted(event: SubmitEvent): void {
    const user = actorId();
    if (this.#plain || !user || !this.#files) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!this.#busy) void this.#send(user, this.#files).finally(() => this.#wait(false));
  }

  async #send(user: string, files: FormFiles): Promise<void> {
    this.#wait(true);
    document.getElementById("toasts")?.replaceChildren();
    clearFaults(this.element);
    this.refusedTarget.hidden = true;
    try {
      await this.#prepared();
      const brought = await files.keep(this.#act);
      const { payload, faults } = readReport(new FormData(this.element), this.clientValue, brought, this.currencyValue || "EUR");
      if (faults.size) { this.#complain([...faults].map(([name, complaint]) => [name, t(complaint)])); return; }
      await queue({ id: this.#act, user, name: "visit.record", payload, label: t("visitTo", { name: this.nameValue }), about: this.clientValue, url: `/clients/${this.clientValue}`, words: this.#words(brought) });
    } catch (error) {
      this.#cannotKeep(error);
      return;
    }
    this.#gone = true;
    clearTimeout(this.#timer);
    await removeDraft(user, this.#draft).catch(() => undefined);
    flushSoon();
    await this.#followed(user);
  }

  async #followed(user: string): Promise<void> {
    const outcome = await outcomeOf(this.#act);
    const item = outcome === "sent" ? undefined : await findAct(user, this.#act);
    if (outcome === "sent" || !item) {
      document.addEventListener("turbo:load", () => showToast(t("recorded")), { once: true });
      visit(`/visits/${this.#act}`, { action: "replace" });
    } else if (item.state === "refused" || item.state === "conflict") await this.#takeBack(item);
    else {
      void askToPersist().catch(() => undefined);
      this.#showKept();
    }
  }

  /* Refused while its person is still here: back into the form, with its files. */
  async #takeBack(item: OutboxItem): Promise<void> {
    const kept = await findFiles((item.payload.files as string[] | undefined) ?? []);
    await drop(item.id);
    await Promise.all(kept.map(keepFile));
    this.#gone = false;
    this.#busy = false;
    await this.#save();
    const said = Object.entries(item.error?.errors ?? {}).map(([name, text]): [string, string] => [name, Array.isArray(text) ? text.join(" ") : String(text)]);
    this.#complain(said, item.error?.message);
  }

  #complain(faults: [name: string, text: string][], otherwise = ""): void {
    const placed = faults.filter(([name, text]) => showFault(this.element, this.faultTarget, name, text));
    const words = placed.length ? t("notRecorded") : t("notRecordedFor", { reason: otherwise || t("unknown") });
    this.refusedTarget.querySelector("span")?.replaceChildren(words);
    this.refusedTarget.hidden = false;
    if (placed.length) goToFault(this.element);
    else this.refusedTarget.scrollIntoView({ block: "center" });
  }

  /* With a network the form goes by itself; without one, the page stays as it is and says why. */
  #cannotKeep(error: unknown): void {
    console.error("visit", error);
    if (!navigator.onLine) { this.#complain([], t("full")); return; }
    this.#plain = true;
    this.element.requestSubmit();
  }

  async #prepared(): Promise<void> {
    const files = this.application.getControllerForElementAndIdentifier(this.element, "visit-files") as VisitFilesController | null;
    await files?.settled();
  }

  /* What was chosen, as the outbox shows it. */
  #words(files: Brought): Record<string, string> {
    const chosen = (name: string): string =>
      [...this.element.querySelectorAll<HTMLInputElement>(`[name="${name}"]:checked`)].map((box) => box.labels?.[0]?.textContent?.trim() ?? box.value).join(", ");
    const brought = [files.photos.length ? t("photos", { n: files.photos.length }) : "", files.sound.length ? t("voiceNote") : "", files.signature.length ? t("signature") : ""];
    return { outcome: chosen("outcome"), facts: chosen("facts"), here: chosen("here"), files: brought.filter(Boolean).join(", ") };
  }

  #wait(busy: boolean): void {
    this.#busy = busy;
    const button = this.#button;
    if (!button) return;
    button.toggleAttribute("aria-busy", busy);
    if (busy) button.setAttribute("aria-busy", "true");
  }

  /* In the form's place: it can't be sent twice, and says where it is. */
  #showKept(): void {
    const card = this.keptTarget.content.firstElementChild?.cloneNode(true);
    if (!(card instanceof HTMLElement)) return;
    card.dataset.visitKeptActValue = this.#act;
    const shown = card.querySelector<HTMLElement>(`[data-state=${navigator.onLine ? "sending" : "waiting"}]`);
    if (shown) shown.hidden = false;
    document.querySelector(".act")?.remove();
    document.querySelector(".app")?.classList.remove("app--act");
    this.#say("");
    this.element.replaceWith(card);
    window.scrollTo(0, 0);
    shown?.querySelector("h2")?.focus();
  }

  #say(words: string): void {
    const place = document.getElementById("visit-kept");
    if (!place) return;
    place.hidden = !words;
    const text = place.lastElementChild ?? place;
    if (text.textContent !== words) text.textContent = words;
  }
}
