/** A disk without the room that must stay free is told when the channel is opened, and not with the first put that it refuses, which may be hours later. */
import { systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Disk } from '../../src/io/disk.ts'

interface Room {
  readonly name: string
  readonly dataFolders: readonly string[]
  readonly requiredSpaceBytes: number
}

/** A disk that does not say how much is free is none of this: the first put will tell. */
const freeIn = (disk: Disk, folder: string): number => {
  try {
    return disk.space(folder).usableBytes
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return Infinity
  }
}

/** One WARN that names the data folders with too little room. */
export const warnOfLittleSpace = ({ disk, log }: Context, { name, dataFolders, requiredSpaceBytes }: Room): void => {
  const folders = dataFolders.map((folder) => ({ folder, free: freeIn(disk, folder) }))
  const short = folders.filter(({ free }) => free < requiredSpaceBytes)
  if (short.length === 0) return
  const left = short.map(({ folder, free }) => `${folder} has ${free} bytes left`).join(', ')
  const [what, meanwhile] =
    short.length === folders.length
      ? ['takes no events now', 'What it holds is given out, which gives room back']
      : ['puts nothing into some of its dataDirs now', 'Their turns go to the others']
  log.warn(
    `Channel ${name} ${what}: ${left}, and ${requiredSpaceBytes} must stay free. ${meanwhile}. Make room there, or lower minimumRequiredSpace.`,
  )
}
