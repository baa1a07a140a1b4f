/** A newest file that is large: its end is found with turns for everybody else, and with a word now and then. */
import { expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { Progress } from '../../src/io/progress.ts'
import { noHeaders, PlainEvent } from '../../src/flow/event.ts'
import { DataFile } from './data-file.ts'
import { endOfRecords } from './file-end.ts'
import { RecordBuffer } from './put-record.ts'

const megabyte = 1024 * 1024

/** Ten records of 3 MB, or one and zeros. */
const file = (disk: FakeDisk, what: 'records' | 'zeros'): DataFile => {
  disk.makeFolder('/data')
  const made = DataFile.create(disk, '/data', { channel: 1, id: 1, firstOrdinal: 0 })
  for (let i = 0; i < (what === 'records' ? 10 : 1); i++) {
    const records = new RecordBuffer()
    records.add([new PlainEvent(noHeaders, Buffer.alloc(3 * megabyte, `${i}`))], i)
    made.put(records)
  }
  if (what === 'zeros') made.append(Buffer.alloc(27 * megabyte))
  return made
}

it.each(['records', 'zeros'] as const)('%s: others have their turns, and the log hears of it', async (what) => {
  const disk = new FakeDisk()
  const clock = new FakeClock()
  const { log } = fakeContext({ disk })
  const read = disk.read.bind(disk)
  disk.read = (...given) => {
    clock.advance(1000)
    return read(...given)
  }
  let turns = 0
  const count = (): void => {
    turns++
    again = setImmediate(count)
  }
  let again = setImmediate(count)
  const end = await endOfRecords(file(disk, what), new Progress(log, clock))
  clearImmediate(again)
  expect(end.ordinal).toBe(what === 'records' ? 10 : 1)
  expect(end.damage?.length).toBe(what === 'records' ? undefined : 27 * megabyte)
  expect(turns).toBeGreaterThanOrEqual(3)
  expect(log.of('info')[0]).toMatch(
    /^Data file \/data\/events-0000000001\.data: its end is looked for, \d+ of \d+ bytes are read\.$/,
  )
})
