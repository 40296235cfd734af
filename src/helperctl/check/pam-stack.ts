import { readFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";

/** Where PAM looks for a service, the first first. */
const DIRECTORIES = ["/etc/pam.d", "/usr/lib/pam.d"];
/** What a service without a file goes by. */
export const FALLBACK = "other";
/** libpam gives up at as many. */
const DEEPEST = 32;
const INCLUDES: ReadonlySet<string> = new Set(["include", "substack"]);

/** `-session [success=ok default=ignore] pam_x.so arguments`: pam.conf(5). */
const RULE = /^-?(account|auth|password|session)\s+(\[[^\]]*\]|\S+)\s+(\S+)/i;

function readService(name: string): string | null {
  const paths = isAbsolute(name) ? [name] : DIRECTORIES.map((directory) => join(directory, name));
  for (const path of paths) {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
  return null;
}

function modulesIn(name: string, depth: number): string[] | null {
  const text = depth < DEEPEST ? readService(name) : null;
  if (text === null) return null;
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => {
      const [, included] = /^\s*@include\s+(\S+)/.exec(line) ?? [];
      if (included !== undefined) return modulesIn(included, depth + 1) ?? [];
      const [, type = "", control = "", module = ""] = RULE.exec(line.trim()) ?? [];
      if (type.toLowerCase() !== "session") return [];
      return INCLUDES.has(control) ? (modulesIn(module, depth + 1) ?? []) : [basename(module)];
    });
}

/** The modules that open a session of a service of PAM, in their order; null: it has no file. */
export const sessionModules = (service: string): string[] | null =>
  // libpam takes the name like this.
  modulesIn(basename(service).toLowerCase(), 0);
