/**
 * The channel that holds events on disk: what was put survives the end of the process, whatever ended it, and a loss of power. Its place is in front of
 * sinks that are away for hours, and behind sources that cannot read again.
 */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { checks } from '../../src/config/checks.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import {
  commaList,
  each,
  flag,
  integer,
  bytes,
  milliseconds,
  path,
  seconds,
  text,
} from '../../src/config/setting-kinds.ts'
import { defineChannel } from '../../src/flow/component.ts'
import type { DiskQueueOptions } from './disk-queue.ts'

/** Kept in memory for the next takes; what is beyond is read back from disk. */
const memoryBytesMax = 8 * 1024 * 1024

const folderBelow = (name: string): string => join(homedir(), '.flume', 'file-channel', name)
const unneeded = { doc: 'Accepted; there is no use for it here.', unneeded: true } as const

/** The spillable channel has them, too. */
export const settings = {
  checkpointDir: path({
    doc: 'Folder of the journal of takes: two files of 1 MB.',
    default: folderBelow('checkpoint'),
    defaultText: '~/.flume/file-channel/checkpoint',
  }),
  dataDirs: commaList({
    doc: 'Folders of the data files, used in turns.',
    default: [folderBelow('data')],
    defaultText: '~/.flume/file-channel/data',
  }),
  capacity: integer({ doc: 'The most events it holds.', default: 1_000_000, min: 1, belowMin: 1_000_000 }),
  transactionCapacity: integer({
    doc: 'The most events of one put or take.',
    default: 10_000,
    min: 1,
    belowMin: 10_000,
    max: 2_147_483_647,
  }),
  'keep-alive': seconds({ doc: 'How long a put waits for room, and a take for events.', default: 3, min: 0 }),
  maxFileSize: bytes({
    doc: 'A data file that has so many bytes is followed by another. Flume’s default is 1623195647; smaller files give their space back sooner.',
    default: 134_217_728,
    min: 1024,
  }),
  minimumRequiredSpace: bytes({
    doc: 'Bytes that must stay free on the disk: with less, puts are refused, and takes go on.',
    default: 524_288_000,
    min: 1_048_576,
    belowMin: 1_048_576,
  }),
  fsyncPerTransaction: flag({ doc: 'Whether a put waits until its events are synced to the disk.', default: true }),
  fsyncInterval: seconds({ doc: 'How often to sync where puts do not wait for it.', default: 5, min: 1 }),
  checkpointInterval: milliseconds({ ...unneeded, default: 30_000 }),
  checkpointOnClose: flag({ ...unneeded, default: true }),
  useDualCheckpoints: flag({ ...unneeded, default: false }),
  backupCheckpointDir: path({
    doc: 'Read once, where Flume left a second checkpoint there; there is no other use for it here.',
  }),
  compressBackupCheckpoint: flag({ ...unneeded, default: false }),
  'use-log-replay-v1': flag({ ...unneeded, default: false }),
  'use-fast-replay': flag({ ...unneeded, default: false }),
  // Of Flume before 1.5.
  'write-timeout': seconds({ ...unneeded, default: 3 }),
  'checkpoint-timeout': seconds({ ...unneeded, default: 600 }),
  'encryption.*': each(text({ doc: 'Not there yet: a file that has one of these is refused.' })),
}

type FileValues = Values<typeof settings>
/** The values that are about the disk, and not about how much is held. */
export type DiskValues = Omit<FileValues, 'capacity' | 'transactionCapacity' | 'keep-alive'>

/** One spelling for each folder, so that equal ones are seen. */
const folderOf = (given: string): string => resolve(given.replace(/^~(?=\/|$)/, () => homedir()))

const checkRoom = ({ capacity, transactionCapacity }: FileValues): Finding[] => {
  if (transactionCapacity <= capacity) return []
  const says = `transactionCapacity ${transactionCapacity} is above capacity ${capacity}`
  return [{ level: 'fault', setting: 'transactionCapacity', says, hint: 'Raise capacity: it holds several batches.' }]
}

/** What is wrong with the folders, or cannot be had. */
export const checkDisk = (values: Pick<DiskValues, 'checkpointDir' | 'dataDirs' | 'encryption.*'>): Finding[] => {
  const { checkpointDir } = values
  const findings: Finding[] = []
  if (values.dataDirs.length === 0)
    findings.push({ level: 'fault', setting: 'dataDirs', says: 'dataDirs names no folder', hint: 'Name at least one.' })
  if (values.dataDirs.map(folderOf).includes(folderOf(checkpointDir)))
    findings.push({
      level: 'fault',
      setting: 'dataDirs',
      says: 'a data folder is the checkpointDir, too',
      hint: 'Give each a folder of its own.',
    })
  const encrypted = [...values['encryption.*'].keys()].map((name) => `encryption.${name}`)
  if (encrypted[0] !== undefined)
    findings.push({
      level: 'fault',
      setting: encrypted[0],
      says: `data files cannot be encrypted yet, as ${encrypted.join(', ')} would have it`,
      hint: 'Leave the encryption settings away, and put the folders on an encrypted disk.',
    })
  return findings
}

/** Its lock is in each of them. */
export const foldersOwned = ({ checkpointDir, dataDirs }: Pick<DiskValues, 'checkpointDir' | 'dataDirs'>) => [
  { setting: 'checkpointDir', path: checkpointDir },
  ...dataDirs.map((folder) => ({ setting: 'dataDirs', path: folderOf(folder) })),
]

export const diskOptions = (name: string, values: DiskValues): DiskQueueOptions => ({
  name,
  checkpointFolder: folderOf(values.checkpointDir),
  dataFolders: [...new Set(values.dataDirs.map(folderOf))],
  backupFolder: values.backupCheckpointDir === undefined ? undefined : folderOf(values.backupCheckpointDir),
  fileBytesMax: values.maxFileSize,
  requiredSpaceBytes: values.minimumRequiredSpace,
  syncEveryMs: values.fsyncPerTransaction ? undefined : values.fsyncInterval * 1000,
  memoryBytesMax,
})

export const file = defineChannel({
  type: 'file',
  aliases: ['org.apache.flume.channel.file.FileChannel'],
  summary: 'Holds events on disk; no crash and no power cut loses one that was acknowledged.',
  settings,
  check: checks(checkRoom, checkDisk),
  pathsOwned: foldersOwned,
  async create(values, context) {
    const { FileChannel } = await import('./file-channel.ts')
    return new FileChannel(
      {
        ...diskOptions(context.name, values),
        capacity: values.capacity,
        transactionCapacity: values.transactionCapacity,
        keepAliveMs: values['keep-alive'] * 1000,
      },
      context,
    )
  },
})
