/* Files inside what a command says: the device's ids become the server's. Plain logic. */
type Said = Record<string, unknown>;

/* A file that the payload names somewhere takes the server's id there; the others are its attachments, in order. */
export function placeFiles(payload: Said, ids: ReadonlyMap<string, string>): Said {
  const named = new Set<string>();
  const place = (value: unknown): unknown => {
    if (typeof value === "string") {
      const found = ids.get(value);
      if (found === undefined) return value;
      named.add(value);
      return found;
    }
    if (Array.isArray(value)) return value.map(place);
    return value !== null && typeof value === "object" ? placed(value as Said) : value;
  };
  const placed = (part: Said): Said => Object.fromEntries(Object.entries(part).map(([name, value]) => [name, place(value)]));
  const rest = placed(payload);
  return { ...rest, attachment_ids: [...ids].filter(([id]) => !named.has(id)).map(([, found]) => found) };
}
