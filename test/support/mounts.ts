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
