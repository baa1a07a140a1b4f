import { describe, expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { nullSink } from './null.ts'

const never = new AbortController().signal

describe('the null sink', () => {
  it('says how many it took each time that many more came, not at every batch', async () => {
    const context = fakeContext()
    const sink = await nullSink.create({ batchSize: 100, logEveryNEvents: 250 }, context)
    for (let i = 0; i < 6; i++) await sink.write(numbered(0, 100), never)
    expect(context.log.of('info')).toEqual([
      'Null sink x1 successful processed 250 events.',
      'Null sink x1 successful processed 500 events.',
    ])
  })

  it('says the last mark once when a batch passes several', async () => {
    const context = fakeContext()
    const sink = await nullSink.create({ batchSize: 100, logEveryNEvents: 10 }, context)
    await sink.write(numbered(0, 35), never)
    await sink.write(numbered(0, 4), never)
    await sink.write(numbered(0, 1), never)
    expect(context.log.of('info')).toEqual([
      'Null sink x1 successful processed 30 events.',
      'Null sink x1 successful processed 40 events.',
    ])
  })
})
