/* Whether a text may name an invoice or a client: a guess that spares a question to the server, which decides. */
const ADDRESS = /\/(invoices|clients)\/[0-9a-f-]{36}/i;
const REFERENCE = /(?=\S*\d)(?=\S*[\p{L}\d]{2})\S{3,}|\p{Lu}+-[\p{Lu}-]+/u;

export const mayName = (text: string): boolean => ADDRESS.test(text) || REFERENCE.test(text);
