import type { Mend } from "../complaint.ts";
import { sessionModules } from "../pam-stack.ts";

/** The stack that scripts/install puts into /etc/pam.d. */
export const SHIPPED_SERVICE = "hub-helper-server";

/** The drop-in of the examples that gives a server a session of PAM's, by which its home is made. */
export const mendBySession = (): Mend =>
  sessionModules(SHIPPED_SERVICE) === null
    ? null
    : { kind: "dropin", name: "50-pam.conf", lines: ["Type=simple", `PAMName=${SHIPPED_SERVICE}`] };
