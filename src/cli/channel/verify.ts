/** `millrace channel verify`: every checksum of a file channel whose agent is stopped. */
import type { FlumeChannel } from '../../../channels/file/flume/flume-channel.ts'
import type { FlumeFolders } from '../../../channels/file/flume/folders.ts'
import { tailWords } from '../../../channels/file/quarantine.ts'
import type { ChannelState, DataFileState } from '../../../channels/file/stopped-channel.ts'
import { hasJournal } from '../../../channels/file/takes-journal.ts'
import { counted } from '../../base/counted.ts'
import { realDisk } from '../../io/disk.ts'
import { exitCodes } from '../command.ts'
import type { ChosenFolders } from './folders.ts'
import { damagedText, headlessText, lockChannel, OpenedChannel } from './opened.ts'

export interface Verdict {
  readonly held: number
  /** Events that were put and are not damaged, as far as they were looked at, taken or not. */
  readonly puts: number
  /** What is damaged, a line each. */
  readonly damage: readonly string[]
  /** Events that were acknowledged and cannot be read. */
  readonly lost: number
  /** Events between those that are there, of which nothing says whether they were taken. */
  readonly notHere: number
  /** What is no damage, and worth knowing. */
  readonly notes: readonly string[]
}

const withoutJournal = (checkpointFolder: string | undefined): string =>
  `${checkpointFolder === undefined ? 'no checkpointDir was found or named' : `no journal of takes is whole in ${checkpointFolder}`}: every event in the data files counts as held, also those that were taken`

export const notHereText = (count: number): string =>
  `${counted(count, 'event')} between those in the data files are not here: they were taken, are lost, or lie in a folder that was not named`

/** What damage in a file has surely cost, whatever was taken. */
const lostInside = ({ damaged, endOrdinal, firstOrdinal, events }: DataFileState): number =>
  damaged.length === 0 ? 0 : Math.max(0, endOrdinal - firstOrdinal - events)

/** Of what is ours. */
export const ownVerdict = (state: ChannelState, { checkpointFolder }: FlumeFolders): Verdict => {
  const damage = state.files.flatMap(({ path, hasDamagedHeader, damaged }) => [
    ...(hasDamagedHeader ? [`${path}: its header is damaged; its records are read all the same`] : []),
    ...damaged.map(damagedText),
  ])
  damage.push(...state.headless.map(headlessText))
  if (checkpointFolder !== undefined && state.journal === undefined && hasJournal(realDisk, checkpointFolder))
    damage.push(`${checkpointFolder}: neither file of the journal of takes is whole`)
  if (state.journal?.damage !== undefined) damage.push(state.journal.damage)
  damage.push(...state.missingFiles)
  const notes = state.files.flatMap(({ tail }) => (tail === undefined ? [] : [`${damagedText(tail)}: ${tailWords}`]))
  if (state.journal === undefined && state.files.length > 0) notes.push(withoutJournal(checkpointFolder))
  const puts = state.files.reduce((sum, { events }) => sum + events, 0)
  const isKnown = state.journal !== undefined
  const lost = isKnown ? state.missing : state.files.reduce((sum, file) => sum + lostInside(file), 0)
  return { held: state.held, puts, damage, lost, notHere: Math.max(0, state.missing - lost), notes }
}

const flumeVerdict = (channel: FlumeChannel): Verdict => {
  const damage = channel.damaged.map(damagedText)
  let lost = 0
  const events = channel.events(({ fileId, file, position, wasRemoved }) => {
    if (wasRemoved) return
    lost++
    damage.push(`${file?.path ?? `log-${fileId}`}: the event at ${position} cannot be read`)
  })
  let held = 0
  for (let read = 1; read > 0; held += read) read = events.read(1000, 1024 * 1024).length
  const { checkpoint } = channel
  const notes = 'unusable' in checkpoint ? [`Flume’s checkpoint is of no use: ${checkpoint.unusable}`] : []
  // Those that cannot be read were found as puts, unless only the checkpoint knows of them.
  const puts = Math.max(held, channel.replayed.puts - lost)
  return { held, puts, damage, lost, notHere: 0, notes }
}

export const verdictOf = (channel: OpenedChannel): Verdict => {
  const own = ownVerdict(channel.own.look(), channel.folders)
  if (channel.flume === undefined) return own
  const flume = flumeVerdict(channel.flume)
  return {
    held: own.held + flume.held,
    puts: own.puts + flume.puts,
    damage: [...own.damage, ...flume.damage],
    lost: own.lost + flume.lost,
    notHere: own.notHere,
    notes: [...own.notes, ...flume.notes],
  }
}

export const verify = async (folders: ChosenFolders, json: boolean): Promise<number> => {
  using _locks = lockChannel(folders)
  using channel = await OpenedChannel.open(folders)
  const verdict = verdictOf(channel)
  const { held, lost, notHere } = verdict
  const damage = [...verdict.damage, ...folders.leftOut]
  const notes = [...verdict.notes, ...folders.notes]
  if (json) process.stdout.write(`${JSON.stringify({ held, damage, lost, notHere, notes }, null, 2)}\n`)
  else {
    const places = damage.length === 0 ? 'no damage' : counted(damage.length, 'damaged place')
    const lostText = `${counted(lost, 'event')} that were acknowledged and not taken are lost`
    const parts = [
      ...(damage.length > 0 || lost === 0 ? [places] : []),
      ...(lost > 0 ? [lostText] : []),
      ...(notHere > 0 ? [notHereText(notHere)] : []),
    ]
    const summary = parts.join(', ')
    const lines = [...damage, ...notes.map((note) => `(${note})`), `${counted(held, 'event')} held, ${summary}.`]
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  return damage.length === 0 && lost + notHere === 0 ? exitCodes.done : exitCodes.failed
}
