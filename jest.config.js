const common = {
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  injectGlobals: false,
};

// Machines that files of tests share.
const shared = {
  setupFilesAfterEnv: ["<rootDir>/test/support/patience.ts"],
  globalSetup: "<rootDir>/test/support/start-keeper.mjs",
  globalTeardown: "<rootDir>/test/support/stop-keeper.mjs",
};

// "unit": pure code and real local parts, needs no root. "system": a booted systemd in the testbed, needs root.
// "jupyterhub": a real JupyterHub and a browser besides; see scripts/prepare-jupyterhub.
export default {
  testSequencer: "<rootDir>/test/support/long-first.mjs",
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/test/system/", "/test/jupyterhub/"],
    },
    { ...common, ...shared, displayName: "system", testMatch: ["<rootDir>/test/system/**/*.test.ts"] },
    { ...common, displayName: "jupyterhub", testMatch: ["<rootDir>/test/jupyterhub/**/*.test.ts"] },
  ],
};
