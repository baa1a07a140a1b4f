/**
 * The pid file in each log folder, by which the stop command finds the broker: process number, its start time (numbers are used again), and whether
 * the broker is a guest in an agent, which must not be stopped for it.
 */
import { join } from 'node:path'
import { systemCode } from '../base/faults.ts'
import type { Disk } from '../io/disk.ts'
import type { Processes } from '../io/processes.ts'
import { readWhole, writeWhole } from './log/whole-file.ts'

const pidFile = 'broker.pid'

export interface RunningProcess {
  readonly pid: number
  /** Inside an agent's process. */
  readonly embedded: boolean
}

/** Says in each folder that this process runs the broker; disposing takes it back. */
export const writePidFiles = (
  folders: readonly string[],
  embedded: boolean,
  disk: Disk,
  processes: Processes,
): Disposable => {
  const text = `pid=${processes.pid}\nstart=${processes.startOf(processes.pid) ?? ''}\nembedded=${embedded}\n`
  for (const folder of folders) writeIfPossible(disk, join(folder, pidFile), text)
  return {
    [Symbol.dispose]() {
      for (const folder of folders) unlinkOwn(disk, join(folder, pidFile), text)
    },
  }
}

/** A folder that cannot be written has been spoken of already. */
const writeIfPossible = (disk: Disk, path: string, text: string): void => {
  try {
    writeWhole(disk, path, text)
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
  }
}

const unlinkOwn = (disk: Disk, path: string, text: string): void => {
  try {
    if (readWhole(disk, path)?.toString() === text) disk.unlink(path)
  } catch (thrown) {
    // A file that is left behind names a process that is gone, which readers notice.
    if (systemCode(thrown) === undefined) throw thrown
  }
}

/** Nothing where the file, or the folder, cannot be read: a broker with several folders goes on without that one, and says in the others who it is. */
const textOf = (disk: Disk, path: string): string => {
  try {
    return readWhole(disk, path)?.toString() ?? ''
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return ''
  }
}

/** The process that runs the broker of a log folder, if it lives. */
export const runningBroker = (folder: string, disk: Disk, processes: Processes): RunningProcess | undefined => {
  const text = textOf(disk, join(folder, pidFile))
  const [, pid, start, embedded] = /^pid=(\d+)\nstart=(.*)\nembedded=(true|false)\n$/.exec(text) ?? []
  if (pid === undefined || processes.startOf(Number(pid)) !== start) return undefined
  return { pid: Number(pid), embedded: embedded === 'true' }
}
