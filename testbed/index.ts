export { Testbed } from "./testbed.ts";
export type { FollowOptions, Place, RunOptions, SpawnOptions, UserOptions, WriteOptions } from "./testbed.ts";
export type { BootOptions, Overlay } from "./boot.ts";
export { canBuildImages, IMAGES, imageInUse, type ImageName } from "./image.ts";
export type { JournalEntry, JournalFilter } from "./journal.ts";
export { CommandFailed } from "./run.ts";
export type { Result } from "./run.ts";
export { copyProject, installHelper, writePolicy } from "./install.ts";
