/** TAILDIR over every file of a temporary folder whose name begins with `log`, looking every 10 ms. */
import { taildir } from '../../sources/taildir/taildir.ts'
import { FileSourceRig } from './file-source.ts'

export const tailRig = (settings: Readonly<Record<string, string>> = {}): FileSourceRig =>
  new FileSourceRig(taildir, (folder) => ({
    filegroups: 'g',
    'filegroups.g': `${folder}/log.*`,
    positionFile: `${folder}/positions.json`,
    writePosInterval: '5',
    pollInterval: '10',
    ...settings,
  }))

/** What the position file of the rig says; nothing before it is there. */
export const storedPositions = (rig: FileSourceRig): { inode: number; pos: number; file: string }[] =>
  JSON.parse(rig.exists('positions.json') ? rig.read('positions.json') : '[]') as ReturnType<typeof storedPositions>

/** Lines with numbers, each ended. */
export const lines = (from: number, to: number): string => {
  let text = ''
  for (let n = from; n < to; n++) text += `line ${n}\n`
  return text
}

/** Their bodies. */
export const bodies = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}`)
