/* A report that is being written: what differs from the empty form, and the files kept for it. */
import { putBack, written, type Written } from "../users/draft";
import { NOTHING, type Brought } from "./report";

/* `act`: the visit's id, the same however often the page is opened; `ticked`: `name=value`. */
export interface VisitDraft { act: string; fields: Written; ticked: string[]; files: Brought; at: number }

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.elements].filter((each): each is HTMLInputElement => each instanceof HTMLInputElement && (each.type === "checkbox" || each.type === "radio"));
}

const nameOf = ({ name, value }: HTMLInputElement): string => `${name}=${value}`;

export function draftOf(form: HTMLFormElement, act: string, files: Brought = NOTHING): VisitDraft {
  const ticked = boxes(form).filter(({ checked }) => checked).map(nameOf);
  return { act, fields: written(form), ticked, files, at: Date.now() };
}

export const isBlank = ({ fields, ticked, files }: VisitDraft): boolean =>
  !Object.keys(fields).length && !ticked.length && !Object.values(files).some((ids: string[]) => ids.length);

export function putDraftBack(form: HTMLFormElement, { fields, ticked, files }: VisitDraft): void {
  putBack(form, fields);
  for (const box of boxes(form)) box.checked = ticked.includes(nameOf(box));
  for (const fold of form.querySelectorAll("details")) fold.open ||= opens(fold, fields);
  const deed = form.querySelector<HTMLInputElement>("[name=signature]")?.closest("details");
  if (deed && files.signature.length) deed.open = true;
}

/* A fold whose fields hold something is not to hide it. */
const opens = (fold: HTMLDetailsElement, fields: Written): boolean =>
  [...fold.querySelectorAll<HTMLInputElement>("[name]")].some(({ name }) => Boolean(fields[name]));
