/**
 * `flume-ng tool FCINTEGRITYTOOL -l DIR[,DIR…]`, under Flume's name: reads every record of a file channel and prints Flume's totals. Flume's tool had to
 * mark what was damaged, so that the channel would start; ours steps over it by itself, so this one changes nothing. Like Flume's it ends with 0 where
 * something is damaged: the last of the totals says so.
 */
import { resolve } from 'node:path'
import type { FlumeFolders } from '../../channels/file/flume/folders.ts'
import { Fault } from '../base/faults.ts'
import { realDisk } from '../io/disk.ts'
import { named } from './channel/folders.ts'
import { verdictOf, type Verdict } from './channel/verify.ts'
import { lockChannel, OpenedChannel } from './channel/opened.ts'
import { type Command, exitCodes } from './command.ts'

const name = 'flume-ng tool'

const usage = `usage: flume-ng tool FCINTEGRITYTOOL -l DIR[,DIR…]

 -l,--dataDirs <dirs>   the dataDirs of a file channel whose agent is stopped, of Millrace or of Flume
 -h,--help              this text

Reads every record and prints what is damaged. Nothing is changed: an agent steps over damaged records by itself.
Ends with 0 also then, as Flume's did; "Number of Corrupt Events" is above 0.
\`millrace channel verify\` also looks at what was taken, and ends with 1 where something is damaged.
`

const wrong = (problem: string): never => {
  throw new Fault('WRONG_USAGE', { command: name, problem })
}

/** Throws WRONG_USAGE; undefined for the help. */
const dataDirsOf = (argv: readonly string[]): readonly string[] | undefined => {
  let dirs: string | undefined
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '-h' || word === '--help') return undefined
    if (word === '-l' || word === '--dataDirs') dirs = argv[++i]
    else if (word.startsWith('-e') || word.startsWith('--eventValidator') || word.startsWith('-D'))
      wrong('event validators are Java classes, which do not run here')
    else if (word === '-c' || word === '--conf') i++
    else wrong(`${word} means nothing here`)
  }
  if (dirs === undefined || dirs === '') return wrong('Either --dataDirs or -l must be given')
  return dirs.split(',').map((dir) => resolve(dir.trim()))
}

/** The lost events, and at least one for each damaged place, as nobody knows how many stood there. */
const corruptIn = ({ lost, damage }: Verdict): number => Math.max(lost, damage.length)

const summaryText = (verdict: Verdict): string => {
  const { held, puts, damage, notes } = verdict
  const lines = [...damage, ...notes.map((note) => `(${note})`)]
  return `${lines.map((line) => `${line}\n`).join('')}---------- Summary --------------------
Number of Events in the Channel = ${held}
Number of Put Events Processed = ${puts}
Number of Valid Put Events = ${puts}
Number of Invalid Put Events = 0
Number of Put Events that threw Exception during validation = 0
Number of Corrupt Events = ${corruptIn(verdict)}
---------------------------------------
`
}

/** What may be left in a dataDir of a channel all of whose events were taken: the start after that removes the data files. */
const leftBehind = /^(?:in_use\.lock|channel\.json|flume-originals-\d+|.*\.damaged)$/

const isEmptied = (folder: string): boolean =>
  realDisk.stat(folder)?.isDirectory === true && realDisk.list(folder).every((file) => leftBehind.test(file))

/** Throws WRONG_USAGE where the folders are those of no channel. Empty ones may well be: they pass, as with Flume's tool. */
const foldersOf = (dataFolders: readonly string[]): FlumeFolders => {
  const folders = { dataFolders, checkpointFolder: undefined, backupFolder: undefined }
  return dataFolders.every(isEmptied) ? folders : named(realDisk, folders, name)
}

const check = async (dataFolders: readonly string[]): Promise<number> => {
  const folders = foldersOf(dataFolders)
  using _locks = lockChannel(folders)
  using channel = await OpenedChannel.open(folders)
  process.stdout.write(summaryText(verdictOf(channel)))
  return exitCodes.done
}

export const command: Command = {
  name: 'tool',
  summary: 'check the files of a file channel',
  async run([tool, ...argv]) {
    if (tool === undefined || tool === '-h' || tool === '--help') {
      process.stdout.write(usage)
      return tool === undefined ? exitCodes.failed : exitCodes.done
    }
    if (tool.toUpperCase() !== 'FCINTEGRITYTOOL')
      return wrong(`there is no tool ${tool}; FCINTEGRITYTOOL is the only one`)
    const dirs = dataDirsOf(argv)
    if (dirs !== undefined) return check(dirs)
    process.stdout.write(usage)
    return exitCodes.done
  },
}
