/* Files of a message in the page: cloned from the server's templates, or the device's own while on their way. */
import type { KeptFile } from "./kept_files";
import type { Attachment } from "./messages";
import { lasting, weight } from "./weights";

/* The server's markup of one photo, one sound and one paper. */
function parts(): { shots: HTMLElement; sound: HTMLElement; paper: HTMLAnchorElement } | null {
  const all = document.querySelector<HTMLTemplateElement>("template#attachment-parts")?.content.cloneNode(true) as DocumentFragment | undefined;
  const [shots, sound, paper] = [".shots", "p.paper", "a.paper"].map((selector) => all?.querySelector<HTMLElement>(selector));
  return shots && sound && paper ? { shots, sound, paper: paper as HTMLAnchorElement } : null;
}

interface Shown { kind: string; name: string; picture: string; whole: string; size: number; duration: number | null; width: number | null; height: number | null; id: string }

function drawn(files: Shown[]): Element[] {
  const made = parts();
  if (!made || !files.length) return [];
  const photos = files.filter(({ kind }) => kind === "image");
  const link = made.shots.querySelector("a");
  made.shots.classList.toggle("shots--one", photos.length === 1);
  made.shots.replaceChildren(...photos.map((photo) => drawPhoto(link?.cloneNode(true) as HTMLAnchorElement, photo)));
  const others = files.filter(({ kind }) => kind !== "image").map((file) => {
    const line = (file.kind === "audio" ? made.sound : made.paper).cloneNode(true) as HTMLElement;
    if (line instanceof HTMLAnchorElement) line.href = file.whole;
    line.querySelector("audio")?.setAttribute("src", file.whole);
    const [name, figure] = [line.querySelector(".cut"), line.querySelector(".meta")];
    if (name) name.textContent = file.name;
    if (figure) figure.textContent = file.kind === "audio" ? (file.duration === null ? "" : lasting(file.duration)) : weight(file.size);
    return line;
  });
  return [...(photos.length ? [made.shots] : []), ...others];
}

function drawPhoto(link: HTMLAnchorElement, photo: Shown): HTMLAnchorElement {
  link.href = photo.whole;
  link.dataset.photo = photo.id;
  link.dataset.name = photo.name;
  const picture = link.querySelector("img");
  if (!picture) return link;
  picture.alt = picture.alt + photo.name;
  picture.src = photo.picture;
  for (const side of ["width", "height"] as const) {
    if (photo[side]) picture.setAttribute(side, String(photo[side]));
    else picture.removeAttribute(side);
  }
  return link;
}

export const drawAttachments = (files: readonly Attachment[]): Element[] =>
  drawn(files.map((file) => ({
    ...file, duration: file.duration_ms, picture: `/files/${file.id}/thumb?size=320`,
    whole: file.kind === "image" ? `/files/${file.id}/thumb?size=1280` : `/files/${file.id}`,
  })));

/* What is still only on this device. Addresses of blobs are given back when the page goes. */
export const drawKept = (files: readonly KeptFile[]): Element[] =>
  drawn(files.map(({ id, blob, name }) => {
    const url = URL.createObjectURL(blob);
    const family = blob.type.split("/")[0] ?? "";
    const kind = /^image\/(jpeg|png|webp)/.test(blob.type) ? "image" : family === "audio" ? "audio" : "file";
    return { id, name, kind, size: blob.size, duration: null, width: null, height: null, picture: url, whole: url };
  }));
