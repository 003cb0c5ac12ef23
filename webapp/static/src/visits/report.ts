/* What the form of a visit says, as `visit.record` takes it, with what is missing. Plain logic. */
import { language, type Language } from "../lib/i18n";
import { parseMoney } from "../lib/money";

/* The device's ids of files, by the field they were chosen in. */
export interface Brought { photos: string[]; sound: string[]; signature: string[] }
export const NOTHING: Brought = { photos: [], sound: [], signature: [] };

export type Complaint = "money" | "owedMoney" | "day" | "who" | "asWhat" | "sign" | "empty";
/* By the form's name of the field. */
export type Faults = Map<string, Complaint>;
export interface Report { payload: Record<string, unknown>; faults: Faults }

interface Money { amount: number; currency: string }
type Said = (name: string) => string;

const filled = (part: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== "" && value !== undefined && value !== false));

export function readReport(form: FormData, client: string, files: Brought, currency: string, lang: Language = language()): Report {
  const faults: Faults = new Map();
  const said: Said = (name) => String(form.get(name) ?? "").trim();
  const money = (name: string, complaint: Complaint): Money | undefined => {
    const amount = parseMoney(said(name), lang);
    if (amount !== null && amount > 0) return { amount, currency };
    faults.set(name, complaint);
    return undefined;
  };
  const facts = [...new Set(form.getAll("facts").map(String))];
  const plain = filled({ outcome: said("outcome"), met: said("met"), note: said("note"), here: said("here") === "1" });
  const parts = filled({ promise: promised(said, money, faults), acknowledgement: signed(said, money, faults, files) });
  const all = [...files.photos, ...files.sound, ...files.signature];
  const { met: _met, ...reported } = plain;
  const nothing = !Object.keys(reported).length && !facts.length && !all.length && !parts.promise && !parts.acknowledgement;
  if (nothing && !faults.size) faults.set("note", "empty");
  const payload = { client_id: client, ...plain, ...parts, ...(facts.length ? { facts: facts.map((kind) => ({ kind })) } : {}), ...(all.length ? { files: all } : {}) };
  return { payload, faults };
}

type ReadMoney = (name: string, complaint: Complaint) => Money | undefined;

/* A promise is an amount and a day; either alone lacks the other. */
function promised(said: Said, money: ReadMoney, faults: Faults): Record<string, unknown> | undefined {
  const day = said("promise.promised_on");
  if (!said("promise.amount") && !day) return undefined;
  const amount = money("promise.amount", "money");
  if (!day) faults.set("promise.promised_on", "day");
  return filled({ amount, promised_on: day, said_by: said("promise.said_by") || said("met") });
}

/* Who signs has a name, a capacity and a signature; a signature alone is somebody's. */
function signed(said: Said, money: ReadMoney, faults: Faults, files: Brought): Record<string, unknown> | undefined {
  const [signature, signatory, capacity] = [files.signature[0], said("signed.signatory"), said("signed.capacity")];
  if (!signature && !signatory) return undefined;
  const amount = money("signed.amount", "owedMoney");
  if (!signatory) faults.set("signed.signatory", "who");
  if (!capacity) faults.set("signed.capacity", "asWhat");
  if (!signature) faults.set("signed.signature", "sign");
  return filled({ amount, signatory, capacity, signature_id: signature });
}
