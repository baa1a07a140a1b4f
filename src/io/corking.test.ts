import { expect, test } from 'vitest'
import { socketPair } from '../../test/fakes/socket-pair.ts'
import { until } from '../../test/fakes/until.ts'
import { Corking } from './corking.ts'

const loopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('small writes of one turn leave together at its end, and those of the next are held again', async () => {
  using both = await socketPair()
  const corking = new Corking(both.near)
  for (let turn = 0; turn < 3; turn++) {
    for (let i = 0; i < 3; i++) {
      corking.hold()
      both.near.write(Buffer.alloc(100))
      corking.written()
      expect(both.near.writableLength).toBe(100 * (i + 1))
    }
    await loopTurn()
    expect(both.near.writableLength).toBe(0)
  }
})

test('a large write leaves at once, with the small ones before it; what follows is held again', async () => {
  using both = await socketPair()
  const corking = new Corking(both.near)
  const arrived: Buffer[] = []
  both.far.on('data', (chunk: Buffer) => arrived.push(chunk))
  const sizes = [100, 70_000, 100]
  const held = sizes.map((bytes, i) => {
    corking.hold()
    both.near.write(Buffer.alloc(bytes, i + 1))
    corking.written()
    return both.near.writableCorked
  })
  expect(held).toEqual([1, 0, 1])
  await loopTurn()
  expect(both.near.writableCorked).toBe(0)
  await until(() => Buffer.concat(arrived).length === 70_200, 'all of it to arrive')
  expect(Buffer.concat(arrived)).toEqual(Buffer.concat(sizes.map((bytes, i) => Buffer.alloc(bytes, i + 1))))
})
