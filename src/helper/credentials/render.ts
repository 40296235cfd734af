import type { CredentialRules } from "../../policy/types.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Target } from "../../protocol/target.ts";

/** The name under which the environment is staged. */
export const ENV = "env";

const refuse = (name: string, problem: string): ProtocolError =>
  new ProtocolError("credentials-refused", { name, problem });

const expand = (value: string, target: Target): string =>
  value.replace(/\{(user|server)\}/g, (_, name: "user" | "server") => target[name]);

/** `NAME=value` a line, sorted by name: what exec-with-credentials reads as data. */
function renderEnvironment(
  rules: CredentialRules,
  target: Target,
  sent: ReadonlyMap<string, string>,
): Buffer {
  const values = new Map<string, string>();
  for (const [name, value] of rules.envPinned) values.set(name, expand(value, target));
  for (const [name, value] of sent) {
    const pinned = values.get(name);
    if (pinned === undefined && !rules.env.has(name)) throw refuse(name, "the policy does not list it");
    if (pinned !== undefined && pinned !== value) throw refuse(name, "the policy pins another value");
    if (value.includes("\n")) throw refuse(name, "a value may not hold a newline");
    values.set(name, value);
  }
  const lines = [...values].map(([name, value]) => `${name}=${value}\n`);
  return Buffer.from(lines.sort().join(""));
}

/**
 * Renders one set of credentials, by name.
 * @throws ProtocolError `credentials-refused`, naming the first that the policy does not take
 */
export function renderCredentials(
  rules: CredentialRules | null,
  target: Target,
  env: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, Buffer>,
): Map<string, Buffer> {
  if (rules === null) throw refuse(ENV, "the template takes no credentials");
  const set = new Map([[ENV, renderEnvironment(rules, target, env)]]);
  for (const [name, content] of files) {
    if (!rules.files.has(name)) throw refuse(name, "the policy does not list it");
    set.set(name, content);
  }
  let total = 0;
  for (const [name, content] of set) {
    total += content.length;
    if (total > rules.maxBytes) throw refuse(name, `with it the set is larger than ${rules.maxBytes} bytes`);
  }
  return set;
}
