/* Who looks at the thread now, and who is writing. */
import { emitAck } from "../lib/socket";
import { t } from "./strings";

interface Someone { id: string; name: string; initials?: string }
type News = { users?: Someone[]; user?: Someone };
const TYPING_MS = 4_000;
const MOST_FACES = 4;
const HERE_MS = 20_000;

/* Says now and then that the page is looked at; a hidden page says nothing, and is forgotten after a minute. */
export function sayHere(thread: string, signal: AbortSignal): void {
  const say = (): void => {
    if (document.visibilityState === "visible") emitAck("thread.here", { thread_id: thread }).catch(() => undefined);
  };
  const timer = setInterval(say, HERE_MS);
  document.addEventListener("visibilitychange", say, { signal });
  signal.addEventListener("abort", () => clearInterval(timer));
}

export class Presence {
  #typing = new Map<string, { name: string; timer: ReturnType<typeof setTimeout> }>();

  constructor(private readonly me: string, private readonly faces: HTMLElement, private readonly line: HTMLElement) {}

  hear(name: "presence.changed" | "thread.typing", news: unknown): void {
    const { users, user } = news as News;
    if (name === "presence.changed" && users) this.#showFaces(users.filter(({ id }) => id !== this.me));
    if (name === "thread.typing" && user) this.#noteTyping(user);
  }

  stop(): void { this.#typing.forEach(({ timer }) => clearTimeout(timer)); }

  #showFaces(users: Someone[]): void {
    const faces = users.slice(0, MOST_FACES).map(({ id, initials }) => {
      const face = document.createElement("span");
      const tone = ((Number.parseInt(id.slice(-4), 16) || 0) % 4) + 1;
      face.className = tone > 1 ? `av av--${tone}` : "av";
      face.setAttribute("aria-hidden", "true");
      face.textContent = initials ?? "?";
      return face;
    });
    const words = document.createElement("span");
    words.className = "vh";
    words.textContent = users.length ? t("here", { names: users.map(({ name }) => name).join(", ") }) : "";
    this.faces.replaceChildren(...faces, words);
  }

  #noteTyping({ id, name }: Someone): void {
    clearTimeout(this.#typing.get(id)?.timer);
    const timer = setTimeout(() => { this.#typing.delete(id); this.#showTyping(); }, TYPING_MS);
    this.#typing.set(id, { name: name.split(" ")[0] ?? name, timer });
    this.#showTyping();
  }

  #showTyping(): void {
    const [first] = this.#typing.values();
    this.line.hidden = !first;
    this.line.textContent = first ? t(this.#typing.size > 1 ? "typingMany" : "typingOne", { name: first.name }) : "";
  }
}
