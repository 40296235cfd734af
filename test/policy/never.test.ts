import { describe, expect, test } from "@jest/globals";
import { NEVER_ENVIRONMENT, isNeverTarget, whyNeverEnvironment } from "../../src/policy/never.ts";

/** What the project promises, family by family. The table may hold more. */
const PROMISED = `
  LD_* GLIBC_TUNABLES GCONV_PATH LOCPATH NLSPATH PYTHON* PERL5* RUBY* NODE_* BASH_* ENV PATH HOME SHELL USER LOGNAME
  IFS PS4 SHELLOPTS TMPDIR XDG_* CONDA_* VIRTUAL_ENV JUPYTER_* IPYTHON* MALLOC_* SSL_CERT_* REQUESTS_CA_BUNDLE
  CURL_CA_BUNDLE *_proxy CREDENTIALS_DIRECTORY NOTIFY_SOCKET LISTEN_* WATCHDOG_* MAINPID DBUS_* SYSTEMD_*
  OPENSSL_* SSLKEYLOGFILE PERLLIB ZDOTDIR FPATH PROMPT_COMMAND JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
  LUA_INIT* LUA_PATH* LUA_CPATH* R_PROFILE* R_ENVIRON* R_LIBS* R_HOME JULIA_LOAD_PATH JULIA_DEPOT_PATH JULIA_PROJECT
  GEM_* PIP_* GIT_SSH* GIT_ASKPASS GIT_EXEC_PATH GIT_CONFIG* GIT_EXTERNAL_DIFF GIT_EDITOR GIT_PAGER GIT_TEMPLATE_DIR
  SSH_ASKPASS* LESSOPEN LESSCLOSE PAGER EDITOR VISUAL BROWSER GIO_* GTK_MODULES GTK_PATH QT_PLUGIN_PATH QT_QPA_*
  TMP TEMP RUNTIME_DIRECTORY STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY JOURNAL_STREAM
  INVOCATION_ID JUPYTERHUB_SINGLEUSER_APP
`
  .trim()
  .split(/\s+/);

/** glibc's sysdeps/generic/unsecvars.h, sudo's initial_badenv_table for Linux, and ld.so(8). */
const CLEARED_FOR_SETUID = `
  GCONV_PATH GETCONF_DIR GLIBC_TUNABLES HOSTALIASES LD_AUDIT LD_BIND_NOT LD_BIND_NOW LD_DEBUG LD_DEBUG_OUTPUT
  LD_DYNAMIC_WEAK LD_HWCAP_MASK LD_LIBRARY_PATH LD_ORIGIN_PATH LD_PRELOAD LD_PROFILE LD_PROFILE_OUTPUT LD_SHOW_AUXV
  LD_VERBOSE LD_WARN LOCALDOMAIN LOCPATH MALLOC_ARENA_MAX MALLOC_CHECK_ MALLOC_TRACE NIS_PATH NLSPATH
  RESOLV_HOST_CONF RES_OPTIONS TMPDIR TZDIR
  IFS CDPATH PATH_LOCALE TERMINFO TERMINFO_DIRS TERMPATH TERMCAP ENV BASH_ENV PS4 GLOBIGNORE BASHOPTS SHELLOPTS
  JAVA_TOOL_OPTIONS PERLIO_DEBUG PERLLIB PERL5LIB PERL5OPT PERL5DB FPATH NULLCMD READNULLCMD ZDOTDIR TMPPREFIX
  PYTHONHOME PYTHONPATH PYTHONINSPECT PYTHONUSERBASE RUBYLIB RUBYOPT KRB5_CONFIG KRB5_KTNAME
`
  .trim()
  .split(/\s+/);

/** Members of the table's families that only carry data. */
const HARMLESS = `
  JUPYTERHUB_API_TOKEN JUPYTERHUB_USER JUPYTERHUB_SERVICE_URL JUPYTERHUB_DEFAULT_URL JPY_API_TOKEN MEM_LIMIT CPU_LIMIT
  TZ LANG LC_ALL LANGUAGE TERM COLUMNS MY_PATH ENVIRONMENT PROXY LDAP SSL GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
  GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL JULIA_NUM_THREADS QT_SCALE_FACTOR GTK_THEME R_MAX_NUM_DLLS OMP_NUM_THREADS
  OPENBLAS_NUM_THREADS MKL_NUM_THREADS NUMBA_NUM_THREADS CUDA_VISIBLE_DEVICES NVIDIA_VISIBLE_DEVICES SPARK_LOCAL_IP
  DASK_GATEWAY__ADDRESS AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION SSH_CONNECTION CARGO_BUILD_JOBS UV_THREADPOOL_SIZE
  MLFLOW_TRACKING_URI HF_TOKEN DATA_DIRECTORY
`
  .trim()
  .split(/\s+/);

const namesOf = NEVER_ENVIRONMENT.map(({ name }) => name);

describe("the table of names that are never let through", () => {
  test("is closed: it holds what is promised, and nothing else", () => {
    expect(namesOf).toEqual(expect.arrayContaining(PROMISED));
    expect(new Set(namesOf.map((name) => name.toUpperCase())).size).toBe(namesOf.length);
    expect(NEVER_ENVIRONMENT.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(Object.isFrozen(NEVER_ENVIRONMENT)).toBe(true);
  });

  test("has the entries of a group together", () => {
    const groups = NEVER_ENVIRONMENT.map((entry) => entry.group);
    expect(groups.filter((name, at) => name !== groups[at - 1])).toEqual([...new Set(groups)]);
  });

  test.each(CLEARED_FOR_SETUID)("covers %s, which is cleared for setuid programs", (name) => {
    expect(whyNeverEnvironment(name)).not.toBeNull();
  });

  test.each(namesOf)("covers %s in any case", (name) => {
    const example = name.replace("*", "x");
    for (const each of [example, example.toLowerCase(), example.toUpperCase(), name.replace("*", "")]) {
      expect(whyNeverEnvironment(each)).not.toBeNull();
    }
  });

  test.each([...HARMLESS, ""])("lets %s through", (name) => {
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
