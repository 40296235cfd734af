import type { Finding } from "../finding.ts";
import type { Context } from "./context.ts";

/** One thing that the doctor looks at. */
export interface Check {
  /** Stable, for programs. */
  readonly name: string;
  /** What is looked at, for people. */
  readonly title: string;
  /** Whether others than root would see nothing of it. */
  readonly isRootOnly?: boolean;
  /** @throws BusUnavailable where that keeps it from looking; anything else becomes a finding */
  readonly run: (context: Context) => Promise<Finding[]>;
}
