export type RequestId = string | number;

/** The longest `id` that is a string, in UTF-16 code units: it is written into records and every reply. */
export const MAX_ID_CHARACTERS = 128;

/** Whether the helper takes this for the id of a request. */
export const isRequestId = (id: unknown): id is RequestId =>
  typeof id === "string" ? id.length <= MAX_ID_CHARACTERS && id.isWellFormed() : Number.isSafeInteger(id);
