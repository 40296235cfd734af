import { describe, expect, test } from "@jest/globals";
import { NEVER_ENVIRONMENT, isNeverTarget, whyNeverEnvironment } from "../../src/policy/never.ts";

const PROMISED =
  "LD_* GLIBC_TUNABLES GCONV_PATH LOCPATH NLSPATH PYTHON* PERL5* RUBY* NODE_* BASH_* ENV PATH HOME SHELL USER LOGNAME IFS PS4 SHELLOPTS TMPDIR XDG_* CONDA_* VIRTUAL_ENV JUPYTER_* IPYTHON* MALLOC_* SSL_CERT_* REQUESTS_CA_BUNDLE CURL_CA_BUNDLE *_proxy CREDENTIALS_DIRECTORY NOTIFY_SOCKET LISTEN_* WATCHDOG_* MAINPID DBUS_*".split(
    " ",
  );

describe("the table of names that are never let through", () => {
  test("is closed: it holds what is promised, and nothing else", () => {
    expect(NEVER_ENVIRONMENT.map(({ name }) => name).sort()).toEqual([...PROMISED].sort());
    expect(NEVER_ENVIRONMENT.every(({ reason }) => reason.length > 10)).toBe(true);
  });

  test.each(PROMISED)("covers %s in any case", (name) => {
    const example = name.replace("*", "x");
    for (const each of [example, example.toLowerCase(), example.toUpperCase(), name.replace("*", "")]) {
      expect(whyNeverEnvironment(each)).not.toBeNull();
    }
  });

  test.each([
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_USER",
    "MEM_LIMIT",
    "TZ",
    "LANG",
    "MY_PATH",
    "ENVIRONMENT",
    "PROXY",
    "LDAP",
    "",
  ])("lets %s through", (name) => {
    expect(whyNeverEnvironment(name)).toBeNull();
  });
});

test.each([
  [0, true],
  [1, true],
  [499, true],
  [500, false],
  [1000, false],
  [65533, false],
  [65534, true],
  [65535, false],
  [4294967294, false],
  [4294967295, true],
  [-1, true],
  [1.5, true],
  [NaN, true],
])("uid %d is never a target: %s", (uid, never) => {
  expect(isNeverTarget(uid)).toBe(never);
});
