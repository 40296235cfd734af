import type { Credentials, Filter, Target } from "./types.ts";

/** The members of a target, and no others: a caller may pass a whole `UnitState`. */
export const targetParams = ({ template, user, server }: Target): object => ({ template, user, server });

export const filterParams = ({ template, user }: Filter): object => ({ template, user });

/** Text goes as text where JSON and the protocol let it (no NUL), so that a person can read the frame. */
const fileParam = (content: string | Uint8Array): object =>
  typeof content === "string" && !content.includes("\0")
    ? { text: content }
    : { base64: Buffer.from(content as Uint8Array).toString("base64") };

export const credentialParams = ({ env, files }: Credentials): object => ({
  env,
  files: files && Object.fromEntries(Object.entries(files).map(([name, file]) => [name, fileParam(file)])),
});
