/* What the server wrote in the page's head. */
export const meta = (name: string): string | null =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? null;

/* The id of who is signed in: device stores are kept per person. */
export const actorId = (): string | null => meta("actor");

/* True while someone is writing: a field that is no longer as it came, outside of searches. */
export function isWriting(): boolean {
  return [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("textarea, input:not([type=search], [type=hidden])")].some((field) =>
    field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue,
  );
}

let signingOut = false;

/* The person is leaving by their own will: the end of the session is no news, and interrupts nothing. */
export const beginSignOut = (): void => {
  signingOut = true;
};

const LEFT = "left-for-sign-in";
const ONCE_IN_MS = 60_000;

/* False when this tab left a moment ago and is back: a page that is answered and an API that is not would send it
 * round for ever. */
function mayLeave(at: number): boolean {
  try {
    if (at - Number(sessionStorage.getItem(LEFT) ?? 0) < ONCE_IN_MS) return false;
    sessionStorage.setItem(LEFT, String(at));
  } catch { /* no storage: nothing to compare with */ }
  return true;
}

/* Asks the page to keep what is being written, then lets the server send to the sign-in page. */
export function leaveForSignIn(reason: string): void {
  if (signingOut || !mayLeave(Date.now())) return;
  window.dispatchEvent(new CustomEvent("session:ended", { detail: { reason } }));
  // Writers save their draft in that event; a turn of the loop lets the device store start its transaction.
  setTimeout(() => window.location.reload(), 150);
}
