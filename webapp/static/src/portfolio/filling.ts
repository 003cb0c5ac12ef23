/* Puts a client into a form that was kept for anybody: see webapp/portfolio/blanks.py. Plain logic; the worker's. */
import { formatMoney } from "../lib/money";
import { uuid7 } from "../lib/uuid";
import type { Client, Invoice } from "./kept";
import type { Language } from "../lib/i18n";

const NOWHERE = "00000000-0000-0000-0000-000000000000";
const SIGNS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);

/* `invoice`: the form is about one of the client's. */
export function filled(page: string, client: Client, invoice: Invoice | null = null): string {
  const lang: Language = /<html[^>]* lang="en/.test(page) ? "en" : "fr";
  const about = invoice?.id ?? client.id;
  const name = invoice ? `${invoice.ref} · ${client.name}` : client.name;
  const people = client.contacts.map((contact) => `<option value="${escaped(contact.name)}"></option>`).join("");
  const owed = Math.max(client.outstanding.amount, 0);
  const put: [string, string][] = [
    [`/clients/${NOWHERE}"`, invoice ? `/invoices/${invoice.id}"` : `/clients/${client.id}"`],
    [NOWHERE, about],
    ["@@client@@", escaped(name)],
    ["@@owed@@", formatMoney(owed, { currency: client.outstanding.currency, lang })],
    ["@@act@@", uuid7()],
    ['<datalist id="contacts"></datalist>', `<datalist id="contacts">${people}</datalist>`],
  ];
  return put.reduce((text, [sign, value]) => text.replaceAll(sign, () => value), page);
}
