export { HelperClient } from "./client.ts";
export * from "./error-classes.ts";
export { HelperError } from "./errors.ts";
export type { ClientErrorCode, ClientErrorDetails, Outcome } from "./errors.ts";
export type {
  CallOptions,
  Credentials,
  ExplainedPeer,
  Filter,
  HelperClientOptions,
  Pace,
  Target,
  WatchEvent,
  WatchOptions,
} from "./types.ts";
export type { ErrorCode, ErrorDetails } from "../protocol/errors.ts";
export type {
  DescribeResult,
  ExplainResult,
  ExplainStep,
  Limits,
  TemplateDescription,
} from "../protocol/results.ts";
export type { StagedCredential, UnitState } from "../protocol/unit-state.ts";
