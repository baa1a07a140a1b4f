import { expect, it } from 'vitest'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { aheadMax } from './ahead-max.ts'

type Given = Parameters<typeof aheadMax>

/** The lead of a source before channels that are durable or not, of which its selector requires all, or those at `required`. */
const lead = (durable: readonly boolean[], batchSize: number, required?: readonly number[], asked?: number): number => {
  const definition = { batchSetting: 'batchSize' }
  const planned = { definition, values: { batchSize }, aheadMax: asked } as unknown as Given[0]
  const ports = durable.map((one) => ({ channel: new ScriptedChannel({ durable: one }) })) as unknown as Given[1]
  const selector = { always: required === undefined ? undefined : { required, optional: [] } } as unknown as Given[2]
  return aheadMax(planned, ports, selector)
}

it('a source is 5,000 events ahead, behind a disk ten batches up to 10,000, and always two batches', () => {
  expect([10, 100, 1000, 20_000].map((batch) => lead([false], batch))).toEqual([5000, 5000, 5000, 40_000])
  expect([10, 100, 700, 1000, 20_000].map((batch) => lead([true], batch))).toEqual([5000, 5000, 7000, 10_000, 40_000])
})

it('it is behind a disk when every channel that it needs is durable', () => {
  expect(lead([false, true], 1000)).toBe(5000)
  expect(lead([false, true], 1000, [1])).toBe(10_000)
  expect(lead([], 1000)).toBe(5000)
})

it('it is what the file says', () => {
  expect(lead([true], 1000, undefined, 12)).toBe(12)
})
