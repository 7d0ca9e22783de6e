import { spawnSync } from 'node:child_process';

/**
 * The command that gives a process mounts of its own, so that it may mount what nobody else sees; undefined where none
 * may. Root may; who is not root becomes it in a name space of their own, where the system lets them.
 */
export const ownMounts = [
  ['unshare', '-m'],
  ['unshare', '-r', '-m'],
].find(
  ([command = '', ...rest]) =>
    spawnSync(command, [...rest, 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt']).status === 0,
);
