/** The suites run against fakes that do everything right, so that a component that fails one has itself to look at. */
import type { Sink } from '../../src/flow/sink.ts'
import { FakeSink } from '../fakes/sink.ts'
import { FakeInput, FakeSource } from '../fakes/source.ts'
import { sinkConformance } from './sink.ts'
import { sourceConformance } from './source.ts'

sourceConformance('a fake', () => {
  const input = new FakeInput()
  return {
    create: (context) => new FakeSource(input, context, { batchSize: 10 }),
    feed: (bodies) => input.feed(bodies),
    readsAgain: true,
    batchSize: 10,
  }
})

sinkConformance('a fake', () => {
  const sink = new FakeSink({ inFlight: 3 })
  let broken = false
  const breakable: Sink = {
    batchSize: 10,
    inFlight: 3,
    write: (batch, signal) => (broken ? Promise.reject(new Error('Broken')) : sink.write(batch, signal)),
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  }
  return {
    create: () => breakable,
    stored: () => sink.bodies,
    break: () => (broken = true),
    mend: () => (broken = false),
  }
})
