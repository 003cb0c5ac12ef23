/* When installing is offered: on the second visit that was of use, and then not for a long time. Plain logic. */
export interface Useful { visits: number; last: string; asked: number }

const ENOUGH = 2;
const QUIET_MS = 90 * 86_400_000;

export function read(text: string | null): Useful {
  try {
    const said = JSON.parse(text ?? "{}") as Partial<Useful>;
    return { visits: Number(said.visits) || 0, last: String(said.last ?? ""), asked: Number(said.asked) || 0 };
  } catch {
    return { visits: 0, last: "", asked: 0 };
  }
}

/* However often it was of use, a visit counts once. */
export const noted = (useful: Useful, visit: string): Useful => (useful.last === visit ? useful : { ...useful, visits: useful.visits + 1, last: visit });

export const mayOffer = ({ visits, asked }: Useful, now: number): boolean => visits >= ENOUGH && now - asked > QUIET_MS;
