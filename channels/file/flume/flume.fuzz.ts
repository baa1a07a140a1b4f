import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { FlumeChannelWriter } from '../../../test/fakes/flume-channel.ts'
import { silentLog } from '../../../src/base/log.ts'
import { FlumeChannel } from './flume-channel.ts'
import { EventReader, readCheckpointMeta, readCommit, readHead, readLogMeta, readTake } from './messages.ts'
import { unlessMalformed, WireReader } from './wire.ts'

const written = (): FakeDisk => {
  const disk = new FakeDisk()
  const flume = new FlumeChannelWriter(disk)
  const log = flume.log(1)
  const pointers = Array.from({ length: 20 }, (_, i) => log.put(1 + (i % 3), `event ${i}`, { n: String(i) }))
  log.commit(1)
  log.commit(2)
  log.take(4, pointers[0] ?? 0)
  flume.checkpoint({
    writeOrderId: flume.order++,
    queue: pointers.filter((_, i) => i > 0 && i % 3 < 2),
    openPuts: { 3: pointers.filter((_, i) => i % 3 === 2) },
    openTakes: { 4: pointers.slice(0, 1) },
  })
  log.commit(4, 'takes')
  log.commit(3)
  flume.store('/data', 1, log)
  return disk
}

/** Bytes of a file overwritten, cut off, or put in. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ maxLength: 12 }),
  how: fc.constantFrom('over', 'in', 'cut'),
})

const changed = (file: Buffer, { at, bytes, how }: typeof change extends fc.Arbitrary<infer T> ? T : never): Buffer => {
  const from = Math.floor(at * file.length)
  if (how === 'cut') return file.subarray(0, from)
  if (how === 'in') return Buffer.concat([file.subarray(0, from), bytes, file.subarray(from)])
  const copy = Buffer.from(file)
  copy.set(bytes.subarray(0, copy.length - from), from)
  return copy
}

const names = [
  '/data/log-1',
  '/data/log-1',
  '/data/log-1.meta',
  '/checkpoint/checkpoint.meta',
  '/checkpoint/checkpoint',
  '/checkpoint/inflighttakes',
]

const readAll = async (disk: FakeDisk): Promise<string[]> => {
  const folders = { dataFolders: ['/data'], checkpointFolder: '/checkpoint', backupFolder: undefined }
  using channel = await FlumeChannel.open(folders, { disk, clock: new FakeClock(), log: silentLog })
  const events = channel?.events(() => {}).read(1000, 1_000_000) ?? []
  return events.map(({ body }) => String(body))
}

it('reads any damaged directory, invents no event, and ends', async () => {
  const whole = new Set(await readAll(written()))
  expect(whole.size).toBe(19)
  const all = new Set([...whole, 'event 0'])
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (name, changes) => {
        const disk = written()
        disk.plant(name, changes.reduce(changed, disk.bytes(name) ?? Buffer.alloc(0)))
        try {
          expect((await readAll(disk)).filter((body) => !all.has(body))).toEqual([])
        } catch (thrown) {
          expect(thrown).toHaveProperty('code', expect.stringMatching(/^FLUME_CHANNEL_/))
        }
      },
    ),
    { numRuns: 400 },
  )
})

it('reads any bytes as messages or calls them malformed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (given) => {
      const bytes = Buffer.from(given)
      const message = (): WireReader => new WireReader(bytes, 0, bytes.length)
      const readers = [
        () => readHead(message()),
        () => readTake(message()),
        () => readCommit(message()),
        () => readLogMeta(bytes),
        () => readCheckpointMeta(bytes),
        () => new EventReader().read(message()),
      ]
      for (const read of readers) unlessMalformed<unknown>(read)
    }),
    { numRuns: 2000 },
  )
})
