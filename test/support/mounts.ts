import { spawnSync } from 'node:child_process';

/**
 * The command that gives a process private mounts, so that it may mount what nobody else sees; undefined if that is not
 * possible here. Root may mount; any other user becomes root in a separate namespace, if the system allows it.
 */
export const ownMounts = [
  ['unshare', '-m'],
  ['unshare', '-r', '-m'],
].find(
  ([command = '', ...rest]) =>
    spawnSync(command, [...rest, 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt']).status === 0,
);

/**
 * A script for a process with such mounts. The command that it runs has a small file system of its own: the data folder is
 * copied into it, and back when the command has ended.
 */
export const SMALL_DISK = `mount -t tmpfs -o size=12m tmpfs "$1" && cp -r "$2/." "$1" && out="$3" && at="$1" && shift 3 &&
  "$@"; rm -f "$at/filler"; cp -r "$at/." "$out"`;
