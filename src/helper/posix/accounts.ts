import koffi from "koffi";
import type { Account, NameService } from "../../policy/types.ts";
import { bindAsync, SystemCallError } from "./libc.ts";

const passwd = koffi.struct({
  name: "char *",
  passwd: "char *",
  uid: "uint32",
  gid: "uint32",
  gecos: "char *",
  dir: "char *",
  shell: "char *",
});
const group = koffi.struct({ name: "char *", passwd: "char *", gid: "uint32", members: "void *" });

interface Entry {
  name: string;
  uid: number;
  gid: number;
  /** Of a passwd alone. */
  dir?: string | null;
}

const found = koffi.out(koffi.pointer("void *"));
const lookup = (name: string, key: string, entry: ReturnType<typeof koffi.struct>) =>
  bindAsync(name, "int", [key, koffi.out(koffi.pointer(entry)), "void *", "size_t", found]);

const getpwnam = lookup("getpwnam_r", "char *", passwd);
const getpwuid = lookup("getpwuid_r", "uint32", passwd);
const getgrnam = lookup("getgrnam_r", "char *", group);
const getgrouplist = bindAsync("getgrouplist", "int", ["char *", "uint32", "void *", koffi.inout("int *")]);

/** What getpwnam(3) lists as ways to say that there is no such entry. */
const NOT_FOUND = new Set([
  0,
  koffi.os.errno.ENOENT,
  koffi.os.errno.ESRCH,
  koffi.os.errno.EBADF,
  koffi.os.errno.EPERM,
]);
const FIRST_BYTES = 4096;
const MOST_BYTES = 16 * 1024 * 1024;

/** Calls one of the `_r` functions, with a larger buffer for as long as it asks for one. */
async function ask(
  call: ReturnType<typeof lookup>,
  key: string | number,
  notFound: ReadonlySet<number | undefined> = NOT_FOUND,
): Promise<Entry | null> {
  for (let bytes = FIRST_BYTES; bytes <= MOST_BYTES; bytes *= 4) {
    const entry = {};
    const result: unknown[] = [null];
    const status = (await call(key, entry, Buffer.alloc(bytes), bytes, result)) as number;
    if (status === koffi.os.errno.ERANGE) continue;
    if (status === 0 && result[0] !== null) return entry as Entry;
    if (notFound.has(status)) return null;
    throw new SystemCallError("looking up an account", status);
  }
  throw new SystemCallError("looking up an account", koffi.os.errno.ERANGE);
}

/** All groups of an account, its primary one included. */
async function groupsOf(name: string, gid: number): Promise<number[]> {
  for (let room = 64; room <= 65536; room *= 4) {
    const gids = Buffer.alloc(room * 4);
    const count = [room];
    const status = (await getgrouplist(name, gid, gids, count)) as number;
    if (status >= 0) return Array.from({ length: count[0] ?? 0 }, (_, at) => gids.readUInt32LE(at * 4));
  }
  throw new SystemCallError("getgrouplist", koffi.os.errno.ERANGE);
}

/** The name service switch: nsswitch.conf(5), with whatever directory it names behind it. */
export const nameService: NameService = {
  async userByName(name: string): Promise<Account | null> {
    const entry = await ask(getpwnam, name);
    // A directory may fold case or aliases: an entry of another name is not the account that was asked for.
    if (entry?.name !== name) return null;
    return { name, uid: entry.uid, gid: entry.gid, groups: await groupsOf(name, entry.gid) };
  },

  async groupByName(name: string): Promise<number | null> {
    return (await ask(getgrnam, name))?.gid ?? null;
  },
};

/** The name of a uid, or null. */
export async function userNameOf(uid: number): Promise<string | null> {
  return (await ask(getpwuid, uid))?.name ?? null;
}

/** What glibc says where the last source that it asked had no entry, and not where that one was out of reach: nss/getXXbyYY_r.c. */
const SURELY_NOT_FOUND = new Set([0]);

/**
 * An account with its home directory, by name.
 * @throws SystemCallError also where the sources are out of reach, which elsewhere counts as "no such account"
 */
export async function accountEntry(
  name: string,
): Promise<{ readonly name: string; readonly uid: number; readonly home: string } | null> {
  const entry = await ask(getpwnam, name, SURELY_NOT_FOUND);
  return entry && { name: entry.name, uid: entry.uid, home: entry.dir ?? "" };
}
