import { resolve } from "node:path";
import type { Testbed } from "../testbed/index.ts";
import type { Report } from "./report.ts";

/** The checkout, seen from the bundle in dist/. */
export const PROJECT = resolve(import.meta.dirname, "..");

export const HUB_UNIT = "demo-hub.service";
export const HELPER_UNIT = "helper.service";
/** Stands for everything on a machine that no hub should be able to start. */
export const BYSTANDER = "ssh.service";

/** What every chapter has at hand. */
export interface Stage {
  readonly testbed: Testbed;
  readonly report: Report;
}

export interface Cast {
  readonly jupyter: number;
  readonly zoe: number;
  readonly wash: number;
  readonly mallory: number;
}
