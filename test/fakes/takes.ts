/** Takes that a test needs no more of than the bodies: each is committed. */
import type { Channel } from '../../src/flow/channel.ts'
import { bodiesOf } from '../conformance/events.ts'

const never = new AbortController().signal

const committed = async (channel: Channel, max: number): Promise<string[]> => {
  const take = await channel.take(max, never)
  const bodies = bodiesOf(take.events)
  await take.commit()
  return bodies
}

/** All that a channel holds, in takes of `max` events. */
export const takeAll = async (channel: Channel, max = 100): Promise<string[]> => {
  const bodies: string[] = []
  while (channel.held > 0) bodies.push(...(await committed(channel, max)))
  return bodies
}

/** So many events; waits for them. */
export const takeSome = async (channel: Channel, count: number): Promise<string[]> => {
  const bodies: string[] = []
  while (bodies.length < count) bodies.push(...(await committed(channel, count - bodies.length)))
  return bodies
}
