import type { FileFault } from "../../helper/file-owners.ts";
import { findWayFaults } from "../../helper/file-owners.ts";
import type { UnitProperties } from "../machine/machine.ts";
import type { Severity } from "../finding.ts";
import { expandPath } from "../../units/specifiers.ts";
import type { Assignment } from "../../units/unit-file.ts";
import { lastOf } from "../../units/unit-file.ts";

/** What is known of a service: as PID 1 has loaded it, and as its files say. */
export interface Service {
  readonly name: string;
  readonly properties: UnitProperties;
  readonly assignments: readonly Assignment[];
}

interface Row {
  /** The directive of `[Service]`. */
  readonly key: string;
  readonly severity: Severity;
  /** What PID 1 does with the path, as root; goes on from the path. */
  readonly use: string;
  /** What somebody gains who puts a link in its place. */
  readonly gain: string;
  readonly paths: (service: Service) => readonly string[];
}

const READ = "a link in its place makes any file of root's readable";
const WRITTEN = "a link in its place leads into any file of root's";
const MOUNTED = "a link in its place shows the unit any other directory, past the ones above it";
const RUN = "another one in its place is what the unit runs";

const text =
  (property: string) =>
  ({ properties }: Service): string[] => {
    const value = properties[property];
    return typeof value === "string" && value !== "" ? [value] : [];
  };

/** An array of structures, or of strings, with the path at one place of each. */
const each =
  (property: string, at: number | null) =>
  ({ properties }: Service): string[] =>
    ((properties[property] as unknown[] | undefined) ?? []).map((one) =>
      // Of a path that may be missing, or that is below RootDirectory=, the mark stands before it.
      String(at === null ? one : (one as unknown[])[at]).replace(/^[-+:]+/, ""),
    );

/** `StandardInput=file:PATH` and its like, of which PID 1 shows no path. */
const stream =
  (key: string, pattern: RegExp) =>
  ({ assignments, name }: Service): string[] => {
    const [, path] = pattern.exec(lastOf(assignments, key)?.value ?? "") ?? [];
    const expanded = path === undefined ? null : expandPath(path, name);
    return expanded === null ? [] : [expanded];
  };

const INPUT = /^file:(.+)$/;
const OUTPUT = /^(?:file|append|truncate):(.+)$/;

const row = (
  severity: Severity,
  key: string,
  use: string,
  gain: string,
  paths: Row["paths"] = text(key),
): Row => ({ severity, key, use, gain, paths });

/**
 * Every directive of systemd.exec(5) and systemd.service(5) by which PID 1, or what it forks before it gives up root,
 * opens a path. Not here: those that PID 1 makes itself below directories of root's (StateDirectory= and its like), those
 * that only take something away (ReadOnlyPaths=, InaccessiblePaths=), names (AppArmorProfile=, PAMName=),
 * WorkingDirectory=, which is entered as User=, and PIDFile=, whose owner PID 1 checks. The settings Exec...= stand
 * for programs that run as User=. EnvironmentFile= has a lint of its own.
 */
const TABLE: readonly Row[] = [
  row("error", "LoadCredential", "is read", READ, each("LoadCredential", 1)),
  row("error", "LoadCredentialEncrypted", "is read", READ, each("LoadCredentialEncrypted", 1)),
  row("error", "OpenFile", "is opened", READ, each("OpenFile", 0)),
  row("error", "StandardInput", "is opened", READ, stream("StandardInput", INPUT)),
  row("error", "StandardOutput", "is written", WRITTEN, stream("StandardOutput", OUTPUT)),
  row("error", "StandardError", "is written", WRITTEN, stream("StandardError", OUTPUT)),
  row("error", "TTYPath", "is opened, and its owner changed", WRITTEN),
  row("error", "RootDirectory", "becomes the root directory", RUN),
  row("error", "RootImage", "is mounted as the root directory", RUN),
  row("error", "RootHashPath", "is read", READ),
  row("error", "RootHashSignaturePath", "is read", READ),
  row("error", "RootVerity", "is read", READ),
  row("error", "ExtensionDirectories", "is laid over /usr and /opt", RUN, each("ExtensionDirectories", null)),
  row("error", "ExtensionImages", "is mounted over /usr and /opt", RUN, each("ExtensionImages", 0)),
  row("error", "MountImages", "is mounted", RUN, each("MountImages", 0)),
  row("error", "NetworkNamespacePath", "is opened", "a link in its place leads into another namespace"),
  row("error", "IPCNamespacePath", "is opened", "a link in its place leads into another namespace"),
  row("error", "UserNamespacePath", "is opened", "a link in its place leads into another namespace"),
  row("error", "USBFunctionDescriptors", "is read", READ),
  row("error", "USBFunctionStrings", "is read", READ),
  row("error", "BPFProgram", "is loaded into the kernel", RUN, each("BPFProgram", 1)),
  row("warning", "BindPaths", "is mounted into the unit", MOUNTED, each("BindPaths", 0)),
  row("warning", "BindReadOnlyPaths", "is mounted into the unit", MOUNTED, each("BindReadOnlyPaths", 0)),
];

/** The helper's own sets: root's alone, and there only for a start. */
const STAGED = "/run/hub-helper/credentials/";

/** A path that PID 1 opens as root, and that others than root can replace. */
export interface Replaceable {
  readonly key: string;
  readonly severity: Severity;
  readonly path: string;
  readonly faults: readonly FileFault[];
  /** A sentence without its full stop. */
  readonly problem: string;
}

/** What PID 1 opens as root for a service, and what others than root can put another file in the place of. */
export function findReplaceable(service: Service): Replaceable[] {
  return TABLE.flatMap(({ key, severity, use, gain, paths }) =>
    [...new Set(paths(service))].flatMap((path) => {
      // A name without a directory is looked up in directories of root's, and one that begins with @ is no file.
      if (!path.startsWith("/") || `${path}/`.startsWith(STAGED)) return [];
      const faults = findWayFaults(path, { withContents: gain === RUN });
      const [first] = faults;
      if (first === undefined) return [];
      const problem = `${key}=: ${path} ${use} by systemd as root, and ${first.text}: ${gain}`;
      return [{ key, severity, path, faults, problem }];
    }),
  );
}
