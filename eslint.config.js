import tseslint from "typescript-eslint";

// The floor plan's laws: who may import what. A law names the rooms it binds and what those may not reach.
const law = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});
const forbid = (regex, message) => ({ regex, message });

const ffi = forbid("^koffi", "only src/helper/posix talks to libc");
const dbus = forbid("^dbus-next", "only src/helper/systemd talks D-Bus");
const sockets = forbid("^(node:)?net$", "only src/client and src/helper/server touch sockets");
const spawning = forbid("^(node:)?(child_process|cluster|worker_threads)$", "the daemon executes nothing");
const io = forbid(
  "^(node:)?(fs|net|http|https|dgram|dns|os|process|child_process)(/|$)",
  "this room is pure: no I/O",
);
const rooms = (names) => forbid(`/(${names})/`, "the floor plan forbids this import");

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-eval": "error",
      "no-implied-eval": "off",
      "@typescript-eslint/no-implied-eval": "error",
      eqeqeq: "error",
    },
  },
  law(["src/protocol/**"], [ffi, dbus, io, rooms("policy|units|helper|client|helperctl|unit-generator")]),
  law(["src/units/**"], [ffi, dbus, io, rooms("policy|helper|client|helperctl|unit-generator")]),
  law(["src/policy/**"], [ffi, dbus, sockets, spawning, rooms("helper|client|helperctl|unit-generator")]),
  law(
    ["src/policy/decide*.ts", "src/policy/never*.ts"],
    [ffi, dbus, io, rooms("helper|client|helperctl|unit-generator")],
  ),
  law(["src/client/**"], [ffi, dbus, spawning, rooms("helper|policy|units|helperctl|unit-generator")]),
  law(
    ["src/helper/**"],
    [ffi, dbus, sockets, spawning, rooms("client|helperctl|unit-generator")],
    ["src/helper/posix/**", "src/helper/systemd/**", "src/helper/server.ts", "src/helper/connection.ts"],
  ),
  law(
    ["src/helper/posix/**"],
    [dbus, sockets, spawning, rooms("client|helperctl|unit-generator|systemd|credentials|methods")],
  ),
  law(
    ["src/helper/systemd/**"],
    [ffi, sockets, spawning, rooms("client|helperctl|unit-generator|posix|credentials|methods")],
  ),
  law(
    ["src/helper/server.ts", "src/helper/connection.ts"],
    [ffi, dbus, spawning, rooms("client|helperctl|unit-generator")],
  ),
  law(
    ["src/unit-generator/**"],
    [
      ffi,
      dbus,
      sockets,
      spawning,
      rooms("client|helperctl"),
      forbid("/helper/(?!posix/)", "of the daemon it shares the look-up of accounts alone"),
    ],
  ),
  law(["src/helperctl/**"], [ffi, dbus, sockets]),
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
);
