/** Many and large puts at once that memory has no room for: what is on its way to the disk has a limit in bytes, and so has what waits for its way there. */
import { expect, it } from 'vitest'
import { eventOf, numbered } from '../../test/conformance/events.ts'
import { spillableBench } from '../../test/fakes/spillable-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'

const putBytes = 500
const names = Array.from({ length: 20 }, (_, i) => i)
const batchOf = (i: number) => [eventOf(String(i).padEnd(putBytes, '.'))]

it.each([
  ['nothing but the disk', 0],
  ['events in memory before them', 10],
])('all come in, in order, and few are let in at once, with %s', async (_what, memory) => {
  const { open } = spillableBench()
  const channel = await open({ memory, bytesUnderWayMax: 2000, keepAliveMs: 0 })
  if (memory > 0) await channel.put(numbered(0, memory))
  const admitted: number[] = []
  const puts = names.map((i) => channel.put(batchOf(i), () => admitted.push(i)))
  expect(admitted.length).toBeGreaterThan(1)
  expect(admitted.length).toBeLessThan(6)
  expect(channel.held).toBe(memory + 20)
  await Promise.all(puts)
  expect(admitted.toSorted((a, b) => a - b)).toEqual(names)
  const bodies = await takeAll(channel)
  expect(bodies.slice(memory).map((body) => Number.parseInt(body, 10))).toEqual(names)
})

it('those that wait when the channel is closed are stored', async () => {
  const { open, kill } = spillableBench()
  const channel = await open({ memory: 1, bytesUnderWayMax: 2000 })
  const puts = names.map((i) => channel.put(batchOf(i)))
  await channel[Symbol.asyncDispose]()
  await Promise.all(puts)
  kill()
  const bodies = await takeAll(await open({ memory: 1 }))
  expect(bodies.map((body) => Number.parseInt(body, 10))).toEqual(names)
})
