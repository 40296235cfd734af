import { CLIENT_ERROR_CLASSES, ERROR_CLASSES } from "./errors.ts";

// One name for each class, as a value and as a type, so that `instanceof` narrows `details`.

export const ParseError = ERROR_CLASSES["parse-error"];
export const InvalidRequestError = ERROR_CLASSES["invalid-request"];
export const UnknownMethodError = ERROR_CLASSES["unknown-method"];
export const InvalidParamsError = ERROR_CLASSES["invalid-params"];
export const InternalError = ERROR_CLASSES.internal;
export const DeniedError = ERROR_CLASSES.denied;
export const UnitNotFoundError = ERROR_CLASSES["unit-not-found"];
export const UnitRefusedError = ERROR_CLASSES["unit-refused"];
export const JobFailedError = ERROR_CLASSES["job-failed"];
export const JobTimeoutError = ERROR_CLASSES["job-timeout"];
export const TooLargeError = ERROR_CLASSES["too-large"];
export const CredentialsRefusedError = ERROR_CLASSES["credentials-refused"];
export const BusyError = ERROR_CLASSES.busy;
export const UnavailableError = ERROR_CLASSES.unavailable;
export const InterruptedError = ERROR_CLASSES.interrupted;

export const ConnectError = CLIENT_ERROR_CLASSES["cannot-connect"];
export const UntrustedSocketError = CLIENT_ERROR_CLASSES["untrusted-socket"];
export const ConnectionLostError = CLIENT_ERROR_CLASSES["connection-lost"];
export const BadReplyError = CLIENT_ERROR_CLASSES["bad-reply"];
export const CallTimeoutError = CLIENT_ERROR_CLASSES.timeout;
export const ClientClosedError = CLIENT_ERROR_CLASSES["client-closed"];

export type ParseError = InstanceType<typeof ParseError>;
export type InvalidRequestError = InstanceType<typeof InvalidRequestError>;
export type UnknownMethodError = InstanceType<typeof UnknownMethodError>;
export type InvalidParamsError = InstanceType<typeof InvalidParamsError>;
export type InternalError = InstanceType<typeof InternalError>;
export type DeniedError = InstanceType<typeof DeniedError>;
export type UnitNotFoundError = InstanceType<typeof UnitNotFoundError>;
export type UnitRefusedError = InstanceType<typeof UnitRefusedError>;
export type JobFailedError = InstanceType<typeof JobFailedError>;
export type JobTimeoutError = InstanceType<typeof JobTimeoutError>;
export type TooLargeError = InstanceType<typeof TooLargeError>;
export type CredentialsRefusedError = InstanceType<typeof CredentialsRefusedError>;
export type BusyError = InstanceType<typeof BusyError>;
export type UnavailableError = InstanceType<typeof UnavailableError>;
export type InterruptedError = InstanceType<typeof InterruptedError>;

export type ConnectError = InstanceType<typeof ConnectError>;
export type UntrustedSocketError = InstanceType<typeof UntrustedSocketError>;
export type ConnectionLostError = InstanceType<typeof ConnectionLostError>;
export type BadReplyError = InstanceType<typeof BadReplyError>;
export type CallTimeoutError = InstanceType<typeof CallTimeoutError>;
export type ClientClosedError = InstanceType<typeof ClientClosedError>;
