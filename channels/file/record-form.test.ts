/** Bodies that hold the bytes of records, and files that were torn around them: nothing that was not put comes out, and nothing takes long. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { noHeaders, PlainEvent } from '../../src/flow/event.ts'
import { DataFile } from './data-file.ts'
import { fileHeaderBytes, fileHeaderOf } from './data-file-header.ts'
import { RecordBuffer } from './put-record.ts'
import { RecordForm } from './record-form.ts'

const path = '/data/events-0000000001.data'
const large = { fileBytesMax: 1_000_000 }

/** What a power cut leaves of a put whose `body` is behind one put of five events: `keep` bytes of its record, the first `torn` of them as zeros. */
const afterTornPut = async (body: (file: Buffer) => Buffer, { torn, keep }: { torn: number; keep: number }) => {
  const on = fileChannelBench(large)
  const channel = await on.open()
  await channel.put(numbered(0, 5))
  const whole = Buffer.from(on.disk.bytes(path) ?? [])
  await channel.put([new PlainEvent(noHeaders, body(whole))])
  on.kill()
  const bytes = Buffer.from(on.disk.bytes(path) ?? []).subarray(0, whole.length + keep)
  bytes.fill(0, whole.length, whole.length + torn)
  on.disk.plant(path, bytes)
  return on
}

const padding = Buffer.alloc(10_000, '.')
const records = (file: Buffer): Buffer => Buffer.concat([file.subarray(fileHeaderBytes), padding])

describe.each([
  ['header', { torn: 16, keep: 9000 }],
  ['end', { torn: 0, keep: 9000 }],
])('a body that holds records of its own file, whose record lost its %s', (_what, damage) => {
  it('is not read as records', async () => {
    const { open } = await afterTornPut(records, damage)
    const channel = await open(large)
    expect(channel.held).toBe(5)
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 5)))
  })
})

it('a body full of what records begin with costs a start no time to speak of', async () => {
  const unit = Buffer.alloc(32)
  unit.write('MEV2')
  unit.writeUInt32BE(1_000_000, 4)
  unit.writeUInt32BE(1, 20)
  const body = Buffer.alloc(900_000, unit)
  const { open, disk } = await afterTornPut(() => body, { torn: 16, keep: 890_000 })
  let checked = 0
  const read = disk.read.bind(disk)
  disk.read = (...given) => {
    const bytes = read(...given)
    checked += bytes
    return bytes
  }
  await open(large)
  expect(checked).toBeLessThan(6_000_000)
})

it('a record that is damaged costs that record, though its body holds others', async () => {
  const on = fileChannelBench(large)
  const channel = await on.open()
  await channel.put(numbered(0, 5))
  const whole = Buffer.from(on.disk.bytes(path) ?? [])
  await channel.put([new PlainEvent(noHeaders, records(whole))])
  await channel.put(numbered(5, 10))
  on.kill()
  const bytes = Buffer.from(on.disk.bytes(path) ?? [])
  bytes[whole.length + 9000] = 0xff
  on.disk.plant(path, bytes)
  const again = await on.open(large)
  expect(await takeAll(again)).toEqual(bodiesOf(numbered(0, 10)))
  expect(again.lost?.events).toBe(1)
})

describe('a record', () => {
  const [channel, fileId, position] = [0x1234_5678, 7, 4096]
  const form = new RecordForm(2, channel, fileId)
  const sealed = (): Buffer => {
    const buffer = new RecordBuffer()
    buffer.add(numbered(0, 5), 30)
    return Buffer.from(buffer.sealed(form, position))
  }

  it('is one in its own place alone', () => {
    const bytes = sealed()
    const header = form.header(bytes, 0, position)
    expect(header).toMatchObject({ firstOrdinal: 30, count: 5, sizeInBytes: bytes.length })
    if (header === undefined) return
    expect(form.isWhole(bytes, 0, position, header)).toBe(true)
    for (const [other, at] of [
      [form, position + 1],
      [form, 0],
      [new RecordForm(2, channel, fileId + 1), position],
      [new RecordForm(2, channel + 1, fileId), position],
    ] as const) {
      expect(other.header(bytes, 0, at)).toBeUndefined()
      expect(other.isWhole(bytes, 0, at, header)).toBe(false)
    }
  })

  it('has a header that no changed byte passes for', () => {
    for (let at = 0; at < form.headerBytes; at++) {
      const bytes = sealed()
      bytes[at] = (bytes[at] ?? 0) ^ 0x40
      expect(form.header(bytes, 0, position), `byte ${at}`).toBeUndefined()
    }
  })
})

it('a damaged record whose header is whole is stepped over as a whole, whatever its body holds', async () => {
  const on = fileChannelBench(large)
  const channel = await on.open()
  await channel.put(numbered(0, 5))
  const size = on.disk.bytes(path)?.length ?? 0
  const number = DataFile.open(on.disk, '/data', 1)?.form
  const forged = new RecordBuffer()
  forged.add([eventOf('forged')], 5)
  // Where it will stand: behind the header of the record, the count of its headers and the length of the body.
  const place = size + 32 + 1 + 3
  const body = Buffer.concat([number === undefined ? padding : forged.sealed(number, place), padding, padding])
  await channel.put([new PlainEvent(noHeaders, body)])
  await channel.put(numbered(5, 10))
  on.kill()
  const bytes = Buffer.from(on.disk.bytes(path) ?? [])
  expect(bytes.indexOf('forged')).toBeGreaterThan(place)
  bytes[size + 15_000] = 0xff
  on.disk.plant(path, bytes)
  expect(await takeAll(await on.open(large))).toEqual(bodiesOf(numbered(0, 10)))
  // The same bytes are a record where the header of the one around them is gone: that is what they were made for.
  on.kill()
  bytes.fill(0, size, size + 16)
  on.disk.remove('/checkpoint/taken-0.journal')
  on.disk.remove('/checkpoint/taken-1.journal')
  on.disk.plant(path, bytes)
  expect(await takeAll(await on.open(large))).toContain('forged')
})

describe('a data file of version 1', () => {
  const record = (first: number): Buffer => {
    const buffer = new RecordBuffer()
    buffer.add([eventOf(`${first}`), eventOf(`${first + 1}`)], first)
    const now = buffer.sealed(new RecordForm(2, 0, 1), 0)
    const old = Buffer.concat([now.subarray(0, 28), now.subarray(32)])
    old.write('MEV1')
    old.writeUInt32BE(old.length, 4)
    new RecordForm(1, 0, 1).seal(old, 0, 0)
    return old
  }

  it('is read, and what is put goes into one of version 2 behind it', async () => {
    const { open, disk } = fileChannelBench(large)
    disk.makeFolder('/data')
    const header = fileHeaderOf({ version: 1, id: 1, firstOrdinal: 0, channel: 0 })
    disk.plant(path, Buffer.concat([header, record(0), record(2), record(4)]))
    const channel = await open()
    await channel.put([eventOf('6')])
    expect(DataFile.open(disk, '/data', 2)?.form.version).toBe(2)
    expect(await takeAll(channel)).toEqual(['0', '1', '2', '3', '4', '5', '6'])
  })

  it.each([2, 20])('is read although its header is damaged at %i', async (at) => {
    const { open, disk, log } = fileChannelBench(large)
    disk.makeFolder('/data')
    const header = fileHeaderOf({ version: 1, id: 1, firstOrdinal: 0, channel: 0 })
    header[at] = 0xff
    disk.plant(path, Buffer.concat([header, record(0), record(2), record(4)]))
    expect(await takeAll(await open())).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(log.of('error')).toEqual([expect.stringContaining('The header of data file')])
  })

  it('is none whose header is of version 2, or damaged as well, and that holds records of version 1 in a body', async () => {
    const { open, disk, kill } = fileChannelBench(large)
    const channel = await open()
    await channel.put([new PlainEvent(noHeaders, Buffer.concat([record(0), record(2), padding]))])
    kill()
    const bytes = Buffer.from(disk.bytes(path) ?? [])
    bytes.fill(0, 0, 40)
    disk.plant(path, bytes)
    expect(await takeAll(await open())).toEqual([])
  })
})
