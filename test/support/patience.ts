import { jest } from "@jest/globals";

// A bound for what hangs, on a machine that does much else.
jest.setTimeout(300_000);
