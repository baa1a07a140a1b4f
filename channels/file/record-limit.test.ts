import { expect, it } from 'vitest'
import { eventOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { spillableBench } from '../../test/fakes/spillable-channel.ts'
import { noHeaders, PlainEvent } from '../../src/flow/event.ts'
import { RecordBuffer } from './put-record.ts'
import { tooManyBytes } from './record-limit.ts'

const same = { k: 'v' }

it.each([
  ['bodies', [eventOf('a'.repeat(300)), eventOf('b'.repeat(20))]],
  ['headers', [eventOf('a', { name: 'ä'.repeat(200) }), eventOf('b', { name: '€' })]],
  ['headers that are shared', [eventOf('a', same), eventOf('b', same)]],
])(
  'a batch whose %s make its record a byte larger than can be read back is refused, and no smaller one',
  (_what, batch) => {
    const bytes = new RecordBuffer().add(batch, 0)
    expect(tooManyBytes('c1', batch, bytes)).toBeUndefined()
    expect(tooManyBytes('c1', batch, bytes - 1)).toMatchObject({
      code: 'BATCH_BYTES',
      message: expect.stringContaining(
        `of 2 events takes ${bytes} bytes, and channel c1 stores at most ${bytes - 1} of one batch`,
      ),
    })
  },
)

/** More than a gigabyte to write, of one body of 11 MB. */
const large = new PlainEvent(noHeaders, Buffer.alloc(11 * 1024 * 1024))
const manyTimes = Array.from({ length: 100 }, () => large)

it.each([
  ['file', async () => fileChannelBench().open()],
  ['spillable', async () => spillableBench().open()],
])('the %s channel refuses it before it is written, and holds the next', async (_name, open) => {
  await using channel = await open()
  await expect(channel.put(manyTimes)).rejects.toMatchObject({ code: 'BATCH_BYTES' })
  expect(channel.held).toBe(0)
  await channel.put(numbered(0, 3))
  expect(channel.held).toBe(3)
})
