import { expect, it } from 'vitest'
import { OpenConnections } from './open-connections.ts'

const counting = () => {
  const ended: string[] = []
  const counts: number[] = []
  const open = new OpenConnections<ReturnType<typeof connection>>((count) => counts.push(count))
  const connection = (name: string) => ({
    stop: () => ended.push(`${name} stops`),
    destroy: () => ended.push(`${name} is closed`),
  })
  return { open, connection, ended, counts }
}

it('lets each connection finish, and is through when the last has', async () => {
  const { open, connection, ended, counts } = counting()
  const [a, b] = [connection('a'), connection('b')]
  open.add(a)
  open.add(b)
  const drained = open.drain(new AbortController().signal)
  open.closed(b)
  open.closed(a)
  await drained
  expect(ended).toEqual(['a stops', 'b stops'])
  expect(counts).toEqual([1, 2, 1, 0])
})

it('closes those that are left when the grace period is over', async () => {
  const { open, connection, ended } = counting()
  const [a, b] = [connection('a'), connection('b')]
  open.add(a)
  open.add(b)
  const grace = new AbortController()
  const drained = open.drain(grace.signal)
  open.closed(a)
  grace.abort()
  await drained
  expect(ended).toEqual(['a stops', 'b stops', 'b is closed'])
})

it('has nothing to wait for when nobody is connected', async () => {
  const { open } = counting()
  await open.drain(new AbortController().signal)
  expect(open.count).toBe(0)
})
