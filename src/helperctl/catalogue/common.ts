import type { Option } from "../command.ts";

/** Options that several commands share, worded once. */
export const JSON_OPTION: Option = { text: "print the facts as JSON; docs/helperctl.md has the shapes" };
export const STRICT: Option = { text: "let warnings count as errors for the exit status" };
export const TEMPLATE: Option = { value: "TEMPLATE", text: "the template, where it is not the default one" };
export const ONLY_USER: Option = { value: "USER", text: "only this user's" };
export const ONLY_TEMPLATE: Option = { value: "TEMPLATE", text: "only those of this template" };

export const TARGET = ["USER", "[SERVER]"] as const;
