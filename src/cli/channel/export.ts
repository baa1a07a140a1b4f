/** `millrace channel export` copies what a file channel holds, and leaves it as it is; `drain` takes it out, so that it is nowhere twice. */
import { channelOf } from '../../../channels/file/channel-signs.ts'
import { FileChannel } from '../../../channels/file/file-channel.ts'
import type { FlumeFolders } from '../../../channels/file/flume/folders.ts'
import { counted } from '../../base/counted.ts'
import type { Log } from '../../base/log.ts'
import { silentLog } from '../../base/log.ts'
import { realClock } from '../../io/clock.ts'
import { realDisk } from '../../io/disk.ts'
import { realRandom } from '../../io/random.ts'
import { exitCodes } from '../command.ts'
import { partOf } from './channel-part.ts'
import { destinationOf } from './destination.ts'
import { type ChosenFolders, wrong } from './folders.ts'
import { damagedText, lockChannel, OpenedChannel } from './opened.ts'
import { notHereText, ownVerdict } from './verify.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Says what should be held and cannot be read; returns how many events that are known to be lost, and whether there may be others. */
const tellDamage = ({ own, flume, folders }: OpenedChannel): { lost: number; isWhole: boolean } => {
  const state = own.look()
  const { damage, lost, notHere, notes } = ownVerdict(state, folders)
  const bytes = flume?.damaged.map(damagedText) ?? []
  for (const line of [...damage, ...bytes, ...notes.map((note) => `(${note})`)]) say(line)
  if (notHere > 0) say(`(${notHereText(notHere)})`)
  const isKnown = notHere === 0 && (state.journal !== undefined || state.headless.length === 0)
  return { lost, isWhole: isKnown && bytes.length === 0 && state.files.every(({ damaged }) => damaged.length === 0) }
}

/** What could not be read is said, and the exit code is 1 then; but not where nobody reads any more. */
export const exportEvents = async (folders: ChosenFolders, to: string, json: boolean): Promise<number> => {
  using _locks = lockChannel(folders)
  using channel = await OpenedChannel.open(folders)
  await using destination = await destinationOf(to, json)
  let [events, unreadable, isRead] = [0, 0, true]
  const lose = (what: string): void => {
    unreadable++
    say(what)
  }
  for (const batch of channel.batches(lose)) {
    isRead = await destination.write(batch)
    if (!isRead) break
    events += batch.length
  }
  const { lost, isWhole } = isRead ? tellDamage(channel) : { lost: 0, isWhole: true }
  for (const line of [...folders.leftOut, ...folders.notes]) say(line)
  const lostText = `, ${counted(lost + unreadable, 'event')} that were acknowledged and not taken are lost`
  const rest = isRead ? (lost + unreadable > 0 ? lostText : '') : ', which nobody reads any more'
  say(`${counted(events, 'event')} exported to ${to}${rest}.`)
  return lost + unreadable === 0 && isWhole && folders.leftOut.length === 0 ? exitCodes.done : exitCodes.failed
}

/** Warnings and errors of the channel, for a person. */
const toldLog: Log = { ...silentLog, warn: say, error: say, named: () => toldLog }

const batchEvents = 1000
const fileBytesMax = 134_217_728

/** Whether a journal of ours, whole, says of a channel without a data file that none is needed: so a drain, and a start after it, leave a channel. */
const owesNothing = async (folders: FlumeFolders): Promise<boolean> => {
  using _locks = lockChannel(folders)
  using channel = await OpenedChannel.open(folders)
  const { journal, missing } = channel.own.look()
  return journal !== undefined && missing === 0 && channel.flume === undefined
}

/** A channel that is opened on some of its folders gives up what the others hold. Throws WRONG_USAGE, and CHANNEL_MIXED, which says more. */
const refuseLeftOut = (folders: ChosenFolders): void => {
  channelOf(realDisk, folders)
  if (folders.leftOut.length > 0)
    throw wrong(
      `${folders.leftOut.join('; ')}. A drain would give that up: mount its disk, and name all folders; if it is gone for good, make the folder and put any file into it`,
    )
  for (const line of folders.notes) say(line)
}

/**
 * Stored there and then noted as taken, batch by batch: broken off, it goes on where it was, and repeats one batch at most. What was held and cannot be read
 * is said, put aside and given up, and the exit code is 1 then.
 */
export const drain = async (folders: ChosenFolders, to: string, json: boolean): Promise<number> => {
  const { checkpointFolder, dataFolders, backupFolder } = folders
  refuseLeftOut(folders)
  const isEmpty = dataFolders.every((folder) => (partOf(realDisk, folder)?.files ?? []).length === 0)
  if (checkpointFolder !== undefined && isEmpty && (await owesNothing(folders))) {
    say(`Nothing is held: there is no data file, and none is missing as far as ${checkpointFolder} knows.`)
    return exitCodes.done
  }
  if (checkpointFolder === undefined || dataFolders.length === 0) throw wrong('drain needs --checkpoint and --data')
  // Whether somebody owns it shows before anything is made.
  lockChannel(folders)[Symbol.dispose]()
  await using destination = await destinationOf(to, json)
  const counters = { add: () => undefined, set: () => undefined }
  const ports = { log: toldLog, counters, clock: realClock, disk: realDisk, random: realRandom }
  const options = { checkpointFolder, dataFolders, backupFolder, fileBytesMax, requiredSpaceBytes: 0 }
  await using channel = new FileChannel(
    {
      ...options,
      name: 'drain',
      capacity: 1,
      transactionCapacity: batchEvents,
      keepAliveMs: 0,
      syncEveryMs: undefined,
      memoryBytesMax: fileBytesMax,
    },
    { agent: 'channel', name: 'drain', ...ports },
  )
  await channel.open()
  let [events, isRead] = [0, true]
  while (channel.held > 0) {
    await using take = await channel.take(batchEvents, new AbortController().signal)
    if (take.events.length === 0) break
    isRead = await destination.write(take.events)
    if (!isRead) break
    await take.commit()
    events += take.events.length
  }
  const lost = channel.lost?.events ?? 0
  const lostText = lost > 0 ? `, ${counted(lost, 'event')} that were held are lost` : ''
  const left = isRead ? '' : ', which nobody reads any more; the others are still held'
  say(`${counted(events, 'event')} drained to ${to}${lostText}${left}.`)
  return lost === 0 ? exitCodes.done : exitCodes.failed
}
