/** `millrace channel inspect`: what a file channel holds, in lines or as JSON. Reads only. */
import type { FlumeChannel } from '../../../channels/file/flume/flume-channel.ts'
import { fileIdOf } from '../../../channels/file/flume/messages.ts'
import type { ChannelState } from '../../../channels/file/stopped-channel.ts'
import { counted } from '../../base/counted.ts'
import { exitCodes } from '../command.ts'
import type { ChosenFolders } from './folders.ts'
import { notHereText } from './verify.ts'
import { headlessText, liveOwner, OpenedChannel } from './opened.ts'

const timeText = (ms: number): string => new Date(ms).toISOString()

/** Of the oldest event, as its header has it or, not after that, as its file. */
const oldestOf = ({
  oldest,
  files,
}: ChannelState): { ordinal: number; file: string; time: string | undefined; writtenBefore: string } | undefined => {
  if (oldest === undefined) return undefined
  const timestamp = Number(oldest.headers['timestamp'] ?? NaN)
  const isTime = Number.isSafeInteger(timestamp) && Math.abs(timestamp) <= 8.64e15
  const file = files.find(({ path }) => path === oldest.path)
  return {
    ordinal: oldest.ordinal,
    file: oldest.path,
    time: isTime ? timeText(timestamp) : undefined,
    writtenBefore: timeText(file?.modifiedMs ?? 0),
  }
}

/**
 * A put is on disk whole and committed or not at all, and a take that was not noted is held: of a channel without a process none is open. What a process has
 * open stands in its memory alone.
 */
const openIn = (owner: number | undefined): { puts: number; takes: number } | null =>
  owner === undefined ? { puts: 0, takes: 0 } : null

const ownReport = (state: ChannelState, owner: number | undefined) => {
  const { files, journal, held, missing, nextOrdinal, headless } = state
  return {
    held,
    oldest: oldestOf(state),
    nextOrdinal,
    missing,
    bytes: files.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0),
    openTransactions: openIn(owner),
    journal:
      journal === undefined
        ? undefined
        : {
            generation: journal.generation,
            takenRefusedOrLost: journal.taken.count,
            ranges: journal.taken.ranges.length,
          },
    files: files.map(({ path, sizeInBytes, firstOrdinal, events, held: heldHere, hasDamagedHeader, damaged }) => ({
      path,
      bytes: sizeInBytes,
      firstOrdinal,
      events,
      held: heldHere,
      damaged: damaged.length + (hasDamagedHeader ? 1 : 0),
    })),
    damagedFiles: headless,
  }
}

const flumeReport = (channel: FlumeChannel) => {
  const heldIn = new Map<number, number>()
  for (const pointer of channel.replayed.held) {
    const id = fileIdOf(pointer)
    heldIn.set(id, (heldIn.get(id) ?? 0) + 1)
  }
  const { checkpoint, replayed, damaged } = channel
  return {
    held: replayed.held.length,
    bytes: channel.sizeInBytes,
    checkpoint: 'folder' in checkpoint ? checkpoint.folder : undefined,
    checkpointUnusable: 'unusable' in checkpoint ? checkpoint.unusable : undefined,
    openTransactions: { puts: replayed.openPuts, takes: replayed.openTakes },
    damaged,
    files: channel.logs.map(({ path, id, size }) => ({ path, bytes: size, held: heldIn.get(id) ?? 0 })),
  }
}

const openLine = ({ puts, takes }: { readonly puts: number; readonly takes: number }): string =>
  `transactions open: ${puts} of puts, ${takes} of takes`

const ownLines = (report: ReturnType<typeof ownReport>, owner: number | undefined): string[] => {
  const { held, oldest, journal, missing, bytes, openTransactions, nextOrdinal, files, damagedFiles } = report
  const damaged =
    damagedFiles.length === 0
      ? ''
      : `, and ${damagedFiles.length} that ${damagedFiles.length === 1 ? 'is' : 'are'} damaged as a whole`
  const lines = [`events held: ${held}`, `data files: ${files.length}, ${bytes} bytes${damaged}`]
  if (oldest !== undefined) {
    const when = oldest.time === undefined ? `put before ${oldest.writtenBefore}` : `timestamp ${oldest.time}`
    lines.push(`oldest: ordinal ${oldest.ordinal}, ${when}, in ${oldest.file}`)
  }
  lines.push(`next ordinal: ${nextOrdinal}`)
  // The journal has the ordinals of all that no take is to bring, and does not say which are which.
  lines.push(
    journal === undefined
      ? 'taken: no journal: everything counts as held'
      : `taken, refused or lost: ${counted(journal.takenRefusedOrLost, 'ordinal')} in ${counted(journal.ranges, 'range')}, generation ${journal.generation}`,
  )
  lines.push(
    openTransactions === null
      ? `transactions open: known to process ${owner} alone; none of them is on disk`
      : `${openLine(openTransactions)}; what was open when the agent ended is not put, or still held`,
  )
  if (missing > 0 && journal === undefined) lines.push(notHereText(missing))
  else if (missing > 0)
    lines.push(`missing: ${missing} events are in no record; \`millrace channel verify\` says where`)
  for (const file of files)
    lines.push(
      `  ${file.path}: ${file.bytes} bytes, ${file.events} events from ordinal ${file.firstOrdinal}, ${file.held} held${file.damaged > 0 ? `, damaged in ${counted(file.damaged, 'place')}` : ''}`,
    )
  for (const path of damagedFiles) lines.push(`  ${headlessText(path)}`)
  return lines
}

const flumeLines = (report: ReturnType<typeof flumeReport>): string[] => {
  const { held, bytes, files, checkpoint, checkpointUnusable, openTransactions, damaged } = report
  const lines = ['written by Flume; an agent that starts here takes it over', `events held: ${held}`]
  lines.push(`log files: ${files.length}, ${bytes} bytes`)
  lines.push(
    checkpoint === undefined
      ? `Flume’s checkpoint is of no use: ${checkpointUnusable}`
      : `Flume’s checkpoint: ${checkpoint}`,
  )
  lines.push(openLine(openTransactions))
  for (const { path, position, length } of damaged) lines.push(`  ${path}: damaged, ${length} bytes at ${position}`)
  for (const file of files) lines.push(`  ${file.path}: ${file.bytes} bytes, ${file.held} held`)
  return lines
}

export const inspect = async (folders: ChosenFolders, json: boolean): Promise<number> => {
  // Before this process opens the same files.
  const owner = liveOwner(folders)
  using channel = await OpenedChannel.open(folders)
  const state = channel.own.look()
  const hasOwn = state.files.length > 0 || state.journal !== undefined || state.headless.length > 0
  const own = hasOwn || channel.flume === undefined ? ownReport(state, owner) : undefined
  const flume = channel.flume === undefined ? undefined : flumeReport(channel.flume)
  const { checkpointFolder, dataFolders, leftOut, notes } = folders
  const places = { checkpointDir: checkpointFolder, dataDirs: dataFolders, leftOut }
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...places, inUseBy: owner, millrace: own, flume }, null, 2)}\n`)
    return exitCodes.done
  }
  const lines = [
    `checkpointDir: ${checkpointFolder ?? 'not found'}`,
    `dataDirs: ${dataFolders.join(', ') || 'none found'}`,
    ...leftOut,
    ...notes,
    ...(owner === undefined ? [] : [`in use by process ${owner}: this is one moment’s state`]),
    ...(own === undefined ? [] : ownLines(own, owner)),
    ...(flume === undefined ? [] : flumeLines(flume)),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.done
}
