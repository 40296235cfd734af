import { RULE_METHODS } from "../../protocol/methods.ts";

/** The template of the policy that is shipped, as its comments have it; a test holds one against the other. */
export const TEMPLATE = {
  name: "singleuser",
  unit: "jupyterhub-singleuser-{user}.service",
  namedUnit: "jupyterhub-singleuser-{user}@{server}.service",
  runAs: "{user}",
  settleMs: 500,
  files: ["keyfile", "certfile", "cafile"],
  maxBytes: 65536,
} as const;

export const TEMPLATE_ENV: ReadonlySet<string> = new Set([
  "JPY_API_TOKEN",
  "JUPYTERHUB_ACTIVITY_URL",
  "JUPYTERHUB_API_TOKEN",
  "JUPYTERHUB_API_URL",
  "JUPYTERHUB_BASE_URL",
  "JUPYTERHUB_CLIENT_ID",
  "JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED",
  "JUPYTERHUB_HOST",
  "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
  "JUPYTERHUB_OAUTH_CALLBACK_URL",
  "JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES",
  "JUPYTERHUB_OAUTH_SCOPES",
  "JUPYTERHUB_PUBLIC_HUB_URL",
  "JUPYTERHUB_PUBLIC_URL",
  "JUPYTERHUB_SERVICE_PREFIX",
  "JUPYTERHUB_SERVICE_URL",
  "JUPYTERHUB_SSL_CERTFILE",
  "JUPYTERHUB_SSL_CLIENT_CA",
  "JUPYTERHUB_SSL_KEYFILE",
]);

export const TEMPLATE_PINNED: ReadonlyMap<string, string> = new Map([
  ["JUPYTERHUB_USER", "{user}"],
  ["JUPYTERHUB_SERVER_NAME", "{server}"],
]);

/** What a hub asks for: every method that a rule can name. */
export const HUB_METHODS = RULE_METHODS;
