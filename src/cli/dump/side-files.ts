/** Lines of the files beside a `.log`: its indexes, compared with it, its aborted transactions, and snapshots of producers. */
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { readI64 } from '../../base/bytes.ts'
import { magicOf, readBatchHeader } from '../../protocol/record-batch.ts'
import { RecordReader } from '../../protocol/record-reader.ts'
import { decodeSnapshot } from '../../broker/log/producer-snapshot.ts'
import type { Progress } from '../progress.ts'
import { EntryReader } from './entries.ts'
import type { Findings } from './findings.ts'

export interface SideDump {
  readonly print: (line: string) => void
  readonly complain: (line: string) => void
  readonly findings: Findings
  readonly sanityOnly: boolean
  readonly verifyOnly: boolean
  readonly progress: Progress
}

const offsetEntryBytes = 8
const timeEntryBytes = 12
const abortedEntryBytes = 34

const baseOf = (path: string): number => Number(basename(path).slice(0, 20))
const beside = (path: string, ending: string): string => path.slice(0, path.lastIndexOf('.')) + ending

/** What a starting broker looks at: whole entries, and a last one that is not before the first. */
const checkSanity = (path: string, bytes: Buffer, entryBytes: number, offsetAt: number, dump: SideDump): void => {
  const last =
    bytes.length < entryBytes
      ? 0
      : bytes.readInt32BE(bytes.length - (bytes.length % entryBytes) - entryBytes + offsetAt)
  if (bytes.length % entryBytes === 0 && last >= 0) return dump.print(`${path} passed sanity check.`)
  dump.complain(`${path} did not pass the sanity check: ${bytes.length} bytes, last offset ${baseOf(path) + last}.`)
}

export const dumpOffsetIndex = (path: string, dump: SideDump): void => {
  const bytes = readFileSync(path)
  if (bytes.length === 0) return dump.print(`${path} is empty.`)
  if (dump.sanityOnly) return checkSanity(path, bytes, offsetEntryBytes, 0, dump)
  const count = Math.floor(bytes.length / offsetEntryBytes)
  const log = beside(path, '.log')
  for (let i = 0; i < count; i++) {
    dump.progress.at(path, i, count)
    const offset = baseOf(path) + bytes.readInt32BE(i * offsetEntryBytes)
    const position = bytes.readInt32BE(i * offsetEntryBytes + 4)
    // space that was allocated beforehand
    if (i > 0 && offset === baseOf(path)) return
    const found = existsSync(log) ? firstLastOffset(log, position) : -1
    if (found !== offset) dump.findings.add('index', path, offset, found)
    if (!dump.verifyOnly) dump.print(`offset: ${offset} position: ${position}`)
  }
}

/** The last offset of the batch that stands there; -1 if none does. */
const firstLastOffset = (log: string, position: number): number => {
  if (position < 0) return -1
  using entries = new EntryReader(log, position)
  const entry = entries.next()
  return entry === undefined ? -1 : lastOffsetOf(entry.bytes)
}

const lastOffsetOf = (bytes: Buffer): number =>
  magicOf(bytes, 0) < 2 ? readI64(bytes, 0) : readBatchHeader(bytes).lastOffset

export const dumpTimeIndex = (path: string, dump: SideDump): void => {
  const bytes = readFileSync(path)
  if (dump.sanityOnly) return checkSanity(path, bytes, timeEntryBytes, 8, dump)
  const count = Math.floor(bytes.length / timeEntryBytes)
  const log = beside(path, '.log')
  let before = -1
  for (let i = 0; i < count; i++) {
    dump.progress.at(path, i, count)
    const timestamp = readI64(bytes, i * timeEntryBytes)
    const offset = baseOf(path) + bytes.readInt32BE(i * timeEntryBytes + 8)
    if (i > 0 && timestamp === 0) return
    if (existsSync(log)) checkTime(path, log, timestamp, offset, dump)
    if (before >= timestamp) dump.findings.add('order', path, timestamp, before)
    if (!dump.verifyOnly) dump.print(`timestamp: ${timestamp} offset: ${offset}`)
    before = timestamp
  }
}

/** The batch of which an entry speaks must end at its offset, and hold its timestamp. */
const checkTime = (path: string, log: string, timestamp: number, offset: number, { findings }: SideDump): void => {
  using entries = new EntryReader(log, positionOf(beside(path, '.index'), offset))
  for (let entry = entries.next(); entry !== undefined; entry = entries.next()) {
    const last = lastOffsetOf(entry.bytes)
    if (last < offset) continue
    if (last > offset) return findings.add('offset', path, offset, last)
    const found = latestIn(entry.bytes)
    if (found !== undefined && found !== timestamp) findings.add('time', path, timestamp, found)
    return
  }
  findings.add('offset', path, offset, -1)
}

/** Where to begin to look for an offset. */
const positionOf = (index: string, offset: number): number => {
  const bytes = existsSync(index) ? readFileSync(index) : Buffer.alloc(0)
  let position = 0
  for (let at = 0; at + offsetEntryBytes <= bytes.length; at += offsetEntryBytes) {
    const relative = bytes.readInt32BE(at)
    if (baseOf(index) + relative > offset || (at > 0 && relative === 0)) break
    position = bytes.readInt32BE(at + 4)
  }
  return position
}

/** The largest timestamp of the batch's records. Undefined for messages of the old formats. */
const latestIn = (bytes: Buffer): number | undefined => {
  if (magicOf(bytes, 0) < 2) return undefined
  const reader = new RecordReader()
  reader.open(bytes)
  let latest = -1
  while (reader.next()) latest = Math.max(latest, reader.timestampMs)
  return latest
}

export const dumpTransactionIndex = (path: string, { print }: SideDump): void => {
  const bytes = readFileSync(path)
  for (let at = 0; at + abortedEntryBytes <= bytes.length; at += abortedEntryBytes)
    print(
      `version: ${bytes.readInt16BE(at)} producerId: ${readI64(bytes, at + 2)} firstOffset: ${readI64(bytes, at + 10)} ` +
        `lastOffset: ${readI64(bytes, at + 18)} lastStableOffset: ${readI64(bytes, at + 26)}`,
    )
}

export const dumpSnapshot = (path: string, { print, complain }: SideDump): void => {
  const state = decodeSnapshot(readFileSync(path))
  if (state === undefined)
    return complain(`Snapshot file '${path}' is corrupted: its version, length or checksum is wrong.`)
  for (const { id, epoch, coordinatorEpoch, transactionOffset, lastTimestampMs, batches } of state.all()) {
    const [last] = batches
    const open = transactionOffset < 0 ? 'OptionalLong.empty' : `OptionalLong[${transactionOffset}]`
    const batch =
      last === undefined
        ? ''
        : `firstSequence: ${last.firstSequence} lastSequence: ${last.lastSequence} lastOffset: ${last.lastOffset} ` +
          `offsetDelta: ${last.lastOffset - last.firstOffset} timestamp: ${last.timestampMs}`
    print(
      `producerId: ${id} producerEpoch: ${epoch} coordinatorEpoch: ${coordinatorEpoch} currentTxnFirstOffset: ${open} ` +
        `lastTimestamp: ${lastTimestampMs} ${batch}`,
    )
  }
}
