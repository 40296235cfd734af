const common = {
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  injectGlobals: false,
};

// "unit": pure code and real local parts, needs no root. "system": a booted systemd in the testbed, needs root.
export default {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/test/system/"],
    },
    { ...common, displayName: "system", testMatch: ["<rootDir>/test/system/**/*.test.ts"] },
  ],
};
