/* What a push says, with something sensible where it says nothing. */
interface Payload {
  title: string;
  body: string;
  url: string;
  tag: string;
  kind?: string;
  badge?: number;
}

const UNREADABLE: Payload = { title: "Encours", body: "Du nouveau dans Encours", url: "/alerts", tag: "encours" };

export function readPayload(data: { json(): unknown } | null): Payload {
  try {
    const said = data?.json();
    if (!said || typeof said !== "object") return UNREADABLE;
    const known = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null && value !== ""));
    return { ...UNREADABLE, ...(known as Partial<Payload>) };
  } catch {
    return UNREADABLE;
  }
}
