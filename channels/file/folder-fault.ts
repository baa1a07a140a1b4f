/** A folder that a channel cannot have, in words: what the system says names a call and a path, and not what to do. */
import { Fault, reasonOf, systemCode } from '../../src/base/faults.ts'

/** A folder of a channel, and the setting that names it. */
export interface FolderPlace {
  readonly channel: string
  readonly folder: string
  readonly setting: 'checkpointDir' | 'dataDirs'
}

interface Words {
  readonly problem: string
  readonly advice: string
}

const pathOf = (thrown: unknown): string =>
  thrown instanceof Error && 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : 'it'

const wordsOf = (thrown: unknown, setting: string): Words => {
  switch (systemCode(thrown)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return {
        problem: 'it, or a folder that it is to lie in, is a file',
        advice: `Move that file away, or correct ${setting}.`,
      }
    case 'EROFS':
      return {
        problem: 'its disk can only be read',
        advice: `Mount it for writing (if it turned read-only by itself, the system’s log says why), or correct ${setting}.`,
      }
    case 'EACCES':
    case 'EPERM':
      return {
        problem: `the user of this process may not make, read or write ${pathOf(thrown)}`,
        advice: `Give that user the folder and all that is in it, or correct ${setting}.`,
      }
    case 'ENOSPC':
    case 'EDQUOT':
      return { problem: 'its disk is full', advice: `Make room on that disk, or correct ${setting}.` }
    case undefined:
    default:
      return { problem: reasonOf(thrown), advice: 'Look at the disk, and at what the system’s log says of it.' }
  }
}

/** CHANNEL_FOLDER for a system error; anything else is as it was. */
export const folderFault = (thrown: unknown, { channel, folder, setting }: FolderPlace): unknown => {
  if (thrown instanceof Fault || systemCode(thrown) === undefined) return thrown
  const { problem, advice } = wordsOf(thrown, setting)
  return new Fault('CHANNEL_FOLDER', { channel, folder, setting, problem, advice }, thrown)
}

/** What `action` gives; its system errors are CHANNEL_FOLDER. */
export const inFolder = async <T>(place: FolderPlace, action: () => T | Promise<T>): Promise<T> => {
  try {
    return await action()
  } catch (thrown) {
    throw folderFault(thrown, place)
  }
}
