/* Files of a visit's form, on the device from the moment they are chosen until the server has them. */
import { database } from "../lib/store";
import { uuid7 } from "../lib/uuid";
import { dropFiles, findFiles, keepFile, type KeptFile } from "../threads/kept_files";
import type { VisitDraft } from "./draft";
import { fill } from "./filling";
import type { Brought } from "./report";

type Place = keyof Brought;
const FIELDS: Record<Place, string> = {
  photos: "[data-visit-files-target=photos]",
  sound: "[data-visit-files-target=sound]",
  signature: "[name=signature]",
};
const PLACES = Object.keys(FIELDS) as Place[];

/* Drafts that nobody came back to, whichever client they are of, and the room their files take. */
export async function sweepDrafts(user: string, before: number): Promise<void> {
  const db = await database();
  for (const { key, value } of await db.getAllFromIndex("drafts", "user", user)) {
    const draft = value as VisitDraft;
    if (!key.startsWith(`${user}/visit:`) || draft.at >= before) continue;
    // What has left with an act is that act's.
    if (!(await db.get("outbox", draft.act))) await dropFiles(all(draft.files));
    await db.delete("drafts", key);
  }
}

const all = (files: Brought): string[] => PLACES.flatMap((place) => files[place]);

export class FormFiles {
  #ids = new WeakMap<File, string>();
  #kept = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly form: HTMLFormElement, readonly user: string) {}

  /* Keeps what was chosen since, lets go of what was taken out; one call after the other. */
  keep(act: string): Promise<Brought> {
    const turn = this.#turn.catch(() => undefined).then(() => this.#keep(act));
    this.#turn = turn;
    return turn;
  }

  /* Puts those of a draft back into the form's own fields. */
  async restore(files: Brought): Promise<void> {
    for (const place of PLACES) {
      const found = await findFiles(files[place]);
      const field = this.#field(place);
      if (!field || !found.length) continue;
      fill(field, found.map((kept) => this.#file(kept)));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  async drop(files: Brought): Promise<void> {
    await dropFiles(all(files));
    this.#kept.clear();
  }

  #field(place: Place): HTMLInputElement | null { return this.form.querySelector<HTMLInputElement>(FIELDS[place]); }

  #file({ id, blob, name }: KeptFile): File {
    const file = new File([blob], name, { type: blob.type });
    this.#ids.set(file, id);
    this.#kept.add(id);
    return file;
  }

  async #keep(act: string): Promise<Brought> {
    const brought: Brought = { photos: [], sound: [], signature: [] };
    for (const place of PLACES) {
      for (const file of this.#field(place)?.files ?? []) brought[place].push(await this.#keepOne(file, act));
    }
    const gone = [...this.#kept].filter((id) => !all(brought).includes(id));
    await dropFiles(gone);
    gone.forEach((id) => this.#kept.delete(id));
    return brought;
  }

  async #keepOne(file: File, act: string): Promise<string> {
    const known = this.#ids.get(file);
    if (known && this.#kept.has(known)) return known;
    const id = uuid7();
    await keepFile({ id, user: this.user, thread: `visit/${act}`, message: act, blob: file, name: file.name, key: uuid7(), file_id: null });
    this.#ids.set(file, id);
    this.#kept.add(id);
    return id;
  }
}
