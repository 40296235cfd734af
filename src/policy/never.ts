interface NeverEntry {
  /** What it acts on. */
  readonly group: string;
  /** An exact name, `PREFIX*` or `*suffix`. */
  readonly name: string;
  readonly reason: string;
}

type Row = readonly [reason: string, names: string];

const group = (subject: string, ...rows: readonly Row[]): NeverEntry[] =>
  rows.flatMap(([reason, names]) => names.split(" ").map((name) => ({ group: subject, name, reason })));

/**
 * Names that no policy may let a hub set, with what each of them would let it do. From ld.so(8), the variables that
 * glibc clears for setuid programs, the ones that sudo removes, systemd.exec(5), ssh(1), git(1), and the manual of each
 * interpreter. A family stands with `*` only where none of its members is harmless.
 */
export const NEVER_ENVIRONMENT: readonly NeverEntry[] = Object.freeze([
  ...group(
    "loader, C library",
    ["tells the dynamic loader what to load into every program", "LD_*"],
    ["changes how the C library allocates and checks memory", "GLIBC_TUNABLES MALLOC_* _RJEM_MALLOC_CONF"],
    [
      "makes the C library load modules, locales and message catalogues from any place",
      "GCONV_PATH LOCPATH MUSL_LOCPATH PATH_LOCALE NLSPATH TEXTDOMAINDIR TZDIR GETCONF_DIR",
    ],
    ["changes where the C library finds a host", "HOSTALIASES LOCALDOMAIN NIS_PATH RES_OPTIONS RESOLV_*"],
  ),
  ...group(
    "shells",
    [
      "makes a shell run a file or a command as it starts or prompts",
      "BASH_* ENV PS0 PS1 PS2 PS4 PROMPT_COMMAND SHELLOPTS BASHOPTS ZDOTDIR MAILPATH INPUTRC",
    ],
    [
      "makes a shell load functions or find programs elsewhere",
      "FPATH CDPATH EXECIGNORE GLOBIGNORE NULLCMD READNULLCMD fish_function_path fish_complete_path fish_user_paths",
    ],
    ["changes how a shell splits words", "IFS"],
    ["makes a shell write what the user types to any file", "HISTFILE"],
  ),
  ...group(
    "the account",
    ["decides which program a name stands for", "PATH"],
    ["moves where programs look for the account's own files", "HOME XDG_*"],
    ["names the account and its shell, which systemd does", "SHELL USER LOGNAME"],
    [
      "moves temporary files to a directory that others may own",
      "TMPDIR TMP TEMP TEMPDIR TMPPREFIX SQLITE_TMPDIR TMUX_TMPDIR",
    ],
  ),
  ...group(
    "systemd, D-Bus",
    ["is systemd's way to tell a service where its credentials are", "CREDENTIALS_DIRECTORY"],
    [
      "is systemd's way to tell a service where its directories are",
      "RUNTIME_DIRECTORY STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY",
    ],
    [
      "is systemd's protocol with its services",
      "NOTIFY_SOCKET LISTEN_* WATCHDOG_* MAINPID MANAGERPID MANAGERPIDFDID PIDFILE FDSTORE MEMORY_PRESSURE_* JOURNAL_STREAM LOG_NAMESPACE INVOCATION_ID",
    ],
    ["steers systemd's own programs and libraries", "SYSTEMD_*"],
    ["sends the user's D-Bus calls to another bus", "DBUS_*"],
  ),
  ...group(
    "Jupyter",
    ["makes Jupyter read its configuration and its programs from any place", "JUPYTER_* JUPYTERLAB_*"],
    ["makes JupyterHub's server import another program", "JUPYTERHUB_SINGLEUSER_APP"],
  ),
  ...group(
    "Python",
    ["makes Python run or import other code", "PYTHON* IPYTHON* MATPLOTLIBRC MPLCONFIGDIR"],
    ["makes programs of another environment run", "CONDA_* CONDARC MAMBA_* VIRTUAL_ENV"],
    [
      "makes an installer of packages take them from anywhere",
      "PIP_* PIPX_* POETRY_* UV_CACHE_DIR UV_CONFIG_FILE UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_INDEX* UV_PROJECT_ENVIRONMENT UV_PYTHON*",
    ],
    [
      "makes Python load code that others compiled",
      "NUMBA_CACHE_DIR TORCH_EXTENSIONS_DIR TORCHINDUCTOR_CACHE_DIR TRITON_CACHE_DIR TRITON_PTXAS_PATH",
    ],
    [
      "makes Dask or Spark run other code",
      "DASK_CONFIG DASK_ROOT_CONFIG DASK_INTERNAL_INHERIT_CONFIG PYSPARK_PYTHON PYSPARK_DRIVER_PYTHON* PYSPARK_SUBMIT_ARGS SPARK_HOME SPARK_CONF_DIR SPARK_SUBMIT_OPTS HADOOP_HOME HADOOP_CONF_DIR HADOOP_CLASSPATH HADOOP_OPTS",
    ],
  ),
  ...group(
    "other interpreters",
    [
      "makes Perl run or import other code",
      "PERL5* PERLLIB PERLIO PERLIO_DEBUG PERLDB_OPTS PERL_LOCAL_LIB_ROOT PERL_MB_OPT PERL_MM_OPT",
    ],
    ["makes Ruby run or import other code", "RUBY* GEM_* BUNDLE_* IRBRC RAKEOPT"],
    ["makes Node run other code", "NODE_* NPM_CONFIG_* YARN_* COREPACK_* ELECTRON_RUN_AS_NODE"],
    [
      "makes Java run or load other code",
      "JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JDK_JAVAC_OPTIONS JAVA_OPTS JAVA_HOME CLASSPATH MAVEN_OPTS MAVEN_ARGS GRADLE_OPTS GRADLE_USER_HOME",
    ],
    ["makes Lua run or load other code", "LUA_INIT* LUA_PATH* LUA_CPATH* LUAROCKS_CONFIG"],
    [
      "makes R run or load other code",
      "R_PROFILE* R_ENVIRON* R_LIBS* R_HOME R_TESTS R_DEFAULT_PACKAGES R_MAKEVARS_* R_SHARE_DIR R_BROWSER R_PDFVIEWER R_UNZIPCMD R_ZIPCMD",
    ],
    [
      "makes Julia run or load other code",
      "JULIA_LOAD_PATH JULIA_DEPOT_PATH JULIA_PROJECT JULIA_BINDIR JULIA_EDITOR JULIA_SHELL JULIA_HISTORY JULIA_PKG_SERVER",
    ],
    [
      "makes .NET or Mono run or load other code",
      "DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS DOTNET_SHARED_STORE DOTNET_ROOT* CORECLR_PROFILER* COR_PROFILER* MONO_PATH MONO_CONFIG MONO_CFG_DIR MONO_ENV_OPTIONS",
    ],
    [
      "makes another interpreter run or load other code",
      "PHPRC PHP_INI_SCAN_DIR TCLLIBPATH TCL_LIBRARY TK_LIBRARY GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS ERL_LIBS ELIXIR_ERL_OPTIONS OCAMLPATH OCAMLLIB CAML_LD_LIBRARY_PATH GHC_ENVIRONMENT GHC_PACKAGE_PATH OCTAVE_PATH OCTAVE_SITE_INITFILE OCTAVE_VERSION_INITFILE MATLABPATH AWKPATH AWKLIBPATH EMACSLOADPATH EMACSPATH VIMINIT GVIMINIT EXINIT MYVIMRC VIM VIMRUNTIME",
    ],
  ),
  ...group(
    "compilers",
    [
      "makes a build run other programs or compile other code",
      "GCC_EXEC_PREFIX COMPILER_PATH LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH CC CXX FC CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS GNUMAKEFLAGS MAKEFILES CMAKE_TOOLCHAIN_FILE CMAKE_PREFIX_PATH CMAKE_PROJECT_INCLUDE* PKG_CONFIG PKG_CONFIG_PATH PKG_CONFIG_LIBDIR",
    ],
    [
      "makes Go or Rust run other programs or take code from anywhere",
      "GOENV GOFLAGS GOPATH GOROOT GOPROXY GONOSUMDB GONOSUMCHECK GOSUMDB GOINSECURE GOTOOLCHAIN CARGO_HOME CARGO_BUILD_RUSTC* CARGO_TARGET_* RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS RUSTDOCFLAGS RUSTUP_HOME RUSTUP_TOOLCHAIN",
    ],
    [
      "makes TeX run programs or read and write any file",
      "TEXINPUTS TEXMF* shell_escape shell_escape_commands openin_any openout_any",
    ],
  ),
  ...group(
    "libraries with plugins",
    [
      "makes desktop programs load modules from any place",
      "GIO_* GTK_MODULES GTK3_MODULES GTK_PATH GTK_EXE_PREFIX GTK_DATA_PREFIX GTK_IM_MODULE_FILE GTK_RC_FILES GTK2_RC_FILES GDK_PIXBUF_MODULE_FILE GDK_PIXBUF_MODULEDIR GI_TYPELIB_PATH GSETTINGS_SCHEMA_DIR QT_PLUGIN_PATH QT_QPA_* QML_IMPORT_PATH QML2_IMPORT_PATH QTWEBENGINEPROCESS_PATH QTWEBENGINE_CHROMIUM_FLAGS",
    ],
    [
      "makes libraries for graphics, media and accelerators load modules from any place",
      "CUDA_INJECTION64_PATH NVTX_INJECTION* CUDA_HOME CUDA_PATH NCCL_NET_PLUGIN NCCL_TUNER_PLUGIN NCCL_CONF_FILE OCL_ICD_* VK_* LIBGL_DRIVERS_PATH GBM_BACKENDS_PATH __EGL_VENDOR_LIBRARY_* __EGL_EXTERNAL_PLATFORM_* LIBVA_DRIVERS_PATH VDPAU_DRIVER_PATH GST_PLUGIN_* FREI0R_PATH LADSPA_PATH LV2_PATH ALSA_CONFIG_*",
    ],
    [
      "makes libraries for computing and data load modules from any place",
      "OMP_TOOL_LIBRARIES OMPI_MCA_* PMIX_MCA_* HDF5_PLUGIN_PATH GDAL_DRIVER_PATH OGR_DRIVER_PATH ODBCINI ODBCSYSINI ODBCINSTINI SASL_PATH SASL_CONF_PATH",
    ],
    [
      "makes a library write a file anywhere as the program ends",
      "GCOV_PREFIX* GMON_OUT_PREFIX LLVM_PROFILE_FILE COVERAGE_FILE COVERAGE_PROCESS_START CPUPROFILE HEAPPROFILE MEMUSAGE_* PCPROFILE_OUTPUT ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LSAN_OPTIONS",
    ],
  ),
  ...group(
    "git, ssh, programs by name",
    [
      "makes git run a program",
      "GIT_SSH* GIT_ASKPASS GIT_EXEC_PATH GIT_CONFIG* GIT_EXTERNAL_DIFF GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_TEMPLATE_DIR GIT_PROXY_COMMAND GIT_ALLOW_PROTOCOL GIT_PROTOCOL_FROM_USER",
    ],
    [
      "makes git use another repository, or trust a server that it should not",
      "GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_SSL_*",
    ],
    ["makes git write what it does to any file", "GIT_TRACE*"],
    [
      "makes another tool for versions or copies run a program",
      "HGRCPATH HGEDITOR HGMERGE SVN_SSH SVN_EDITOR CVS_RSH RSYNC_RSH RSYNC_CONNECT_PROG",
    ],
    [
      "makes ssh run a program, or use another agent's keys",
      "SSH_ASKPASS* SSH_AUTH_SOCK SSH_AGENT_PID SSH_SK_HELPER SSH_SK_PROVIDER SSH_PKCS11_HELPER SUDO_ASKPASS SUDO_EDITOR",
    ],
    [
      "is a program that others run by this name",
      "PAGER MANPAGER EDITOR VISUAL FCEDIT BROWSER LESSOPEN LESSCLOSE DIFFPROG",
    ],
    [
      "makes a program run another, by its options or its configuration",
      "LESS LESSKEY* LESSEDIT LESSHISTFILE MANOPT MANROFFOPT MORE TAR_OPTIONS ZIPOPT RIPGREP_CONFIG_PATH FZF_DEFAULT_* SCREENRC TERMINFO TERMINFO_DIRS TERMCAP TERMPATH KUBECONFIG DOCKER_CONFIG AWS_CONFIG_FILE",
    ],
  ),
  ...group(
    "TLS, network",
    [
      "decides whose certificates are trusted",
      "SSL_CERT_* REQUESTS_CA_BUNDLE CURL_CA_BUNDLE AWS_CA_BUNDLE HTTPLIB2_CA_CERTS GRPC_DEFAULT_SSL_ROOTS_FILE_PATH JULIA_SSL_* JULIA_NO_VERIFY_HOSTS JULIA_SSH_NO_VERIFY_HOSTS JULIA_ALWAYS_VERIFY_HOSTS LDAPTLS_*",
    ],
    [
      "makes TLS libraries load modules or configuration from any place",
      "OPENSSL_* GNUTLS_* NSS_* P11_KIT_* SOFTHSM2_CONF",
    ],
    ["writes the keys of TLS connections to a file", "SSLKEYLOGFILE"],
    [
      "makes programs read their configuration or passwords from any place",
      "FONTCONFIG_* CURL_HOME WGETRC SYSTEM_WGETRC NETRC LDAPCONF LDAPRC KRB5_CONFIG* KRB5_KTNAME KRB5_CLIENT_KTNAME KRB5_TRACE GNUPGHOME",
    ],
    ["sends the user's traffic through another machine", "*_proxy DOCKER_HOST DISPLAY PULSE_SERVER"],
  ),
]);

/** Tells whether an entry is about a name. Case does not count: some programs read `http_proxy`, some `HTTP_PROXY`. */
function covers(entry: string, name: string): boolean {
  const [wanted, asked] = [entry.toUpperCase(), name.toUpperCase()];
  if (wanted.startsWith("*")) return asked.endsWith(wanted.slice(1));
  return wanted.endsWith("*") ? asked.startsWith(wanted.slice(0, -1)) : asked === wanted;
}

/** Why an environment name is never written, whatever a policy says; null where it may be. */
export const whyNeverEnvironment = (name: string): string | null =>
  NEVER_ENVIRONMENT.find((entry) => covers(entry.name, name))?.reason ?? null;

/** The lowest uid that a policy can make a target. */
export const LOWEST_TARGET_UID = 500;
export const DEFAULT_MIN_UID = 1000;

/** `nobody`, which the kernel also reports for what it cannot map, and (uid_t) -1, which means "no uid". */
const NOBODY: ReadonlySet<number> = new Set([65534, 4294967295]);

/** An id that stands for "none" or "unknown" and so identifies nobody. */
export const isNobody = (id: number): boolean => NOBODY.has(id);

/** Whether an account is never a target, whatever a policy says. */
export const isNeverTarget = (uid: number): boolean =>
  !Number.isSafeInteger(uid) || uid < LOWEST_TARGET_UID || isNobody(uid);
