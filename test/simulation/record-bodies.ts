/**
 * Bytes of whole records for the bodies of events, as a channel's own data files have them at this moment: where the record around them is torn, a start looks for
 * a record, and these must be none.
 */
import { dataFileId, fileHeaderBytes, readFileHeader } from '../../channels/file/data-file-header.ts'
import { RecordBuffer } from '../../channels/file/put-record.ts'
import { RecordForm } from '../../channels/file/record-form.ts'
import { RecordScan } from '../../channels/file/record-scan.ts'
import { eventOf } from '../conformance/events.ts'
import type { FakeDisk } from '../fakes/disk.ts'
import type { SeededRandom } from '../fakes/random.ts'

/** Bodies that hold records are copied in their turn. */
const copiedBytesMax = 1500

/** What a data file has. */
interface Records {
  readonly channel: number
  readonly id: number
  readonly copies: readonly Buffer[]
  /** After the last ordinal. */
  readonly end: number
}

const recordsOf = (bytes: Buffer): Records | undefined => {
  const header = readFileHeader(bytes)
  if (header === undefined) return undefined
  const { channel, id, version, firstOrdinal } = header
  const read = (position: number, length: number): Buffer => bytes.subarray(position, position + length)
  const scan = new RecordScan(
    { size: bytes.length, form: new RecordForm(version, channel, id), read },
    0,
    () => undefined,
  )
  const copies: Buffer[] = []
  let end = firstOrdinal
  for (let record = scan.find(); record !== undefined; record = scan.find()) {
    copies.push(Buffer.from(scan.bytes.subarray(scan.at, scan.at + record.sizeInBytes)))
    end = record.firstOrdinal + record.count
    scan.skip(record)
  }
  return { channel, id, copies, end }
}

/** Those that this file, or the next, could begin with, of an event that nobody has put: they say what the file's next events would be. */
const strangeRecords = ({ channel, id, end }: Records, random: SeededRandom): Buffer[] =>
  [id, id + 1].map((fileId) => {
    const buffer = new RecordBuffer(1000)
    buffer.add([eventOf('1000000000 was never put')], end + random.below(4))
    return Buffer.from(buffer.sealed(new RecordForm(2, channel, fileId), fileHeaderBytes))
  })

/** One or several records and something around them; empty where the channel has no data file that can be read. */
export const recordBytes = (disk: FakeDisk, folders: readonly string[], random: SeededRandom): Buffer => {
  const files = folders.flatMap((folder) =>
    disk.list(folder).flatMap((name) => {
      const id = dataFileId(name)
      return id === undefined ? [] : [{ id, path: `${folder}/${name}` }]
    }),
  )
  const newest = files.toSorted((a, b) => b.id - a.id)[0]
  const records = newest === undefined ? undefined : recordsOf(disk.bytes(newest.path) ?? Buffer.alloc(0))
  if (records === undefined) return Buffer.alloc(0)
  const copies = Buffer.concat(records.copies.slice(random.below(records.copies.length))).subarray(0, copiedBytesMax)
  const padding = Buffer.alloc(random.below(600), '.')
  return Buffer.concat([padding, ...strangeRecords(records, random), copies, ...strangeRecords(records, random)])
}
