import { expect, test } from 'vitest'
import { seededRandom } from '../../../../test/fakes/random.ts'
import { KeyMap, slotBytes } from './key-map.ts'

test('the last offset of each key is found, whatever the keys are', () => {
  const random = seededRandom(7)
  const map = new KeyMap({ bytesMax: 10_000 * slotBytes, loadFactor: 0.9 })
  const model = new Map<string, number>()
  for (let offset = 0; offset < 12_000; offset++) {
    const key = `key ${random.below(6000)}`.repeat(1 + (offset % 2 === 0 ? 0 : 3))
    map.put(Buffer.from(key), offset * 1_000_003)
    model.set(key, offset * 1_000_003)
  }
  expect(map.count).toBe(model.size)
  for (const [key, offset] of model) expect(map.get(Buffer.from(key))).toBe(offset)
  expect(map.get(Buffer.from('another'))).toBe(-1)
})

test('an empty key is a key, and offset 0 an offset', () => {
  const map = new KeyMap({ bytesMax: 1000, loadFactor: 0.9 })
  map.put(Buffer.alloc(0), 0)
  expect(map.get(Buffer.alloc(0))).toBe(0)
  expect(map.count).toBe(1)
})

test('it is full after so many keys as its memory and its load factor allow, and never looks for ever', () => {
  const map = new KeyMap({ bytesMax: 100 * slotBytes, loadFactor: 0.5 })
  expect(map.keysMax).toBe(50)
  for (let i = 0; i < 50; i++) {
    expect(map.isFull).toBe(false)
    map.put(Buffer.from(`${i}`), i)
  }
  expect(map.isFull).toBe(true)
  for (const loadFactor of [-1, 0, 1, 7]) {
    const odd = new KeyMap({ bytesMax: 2000 * slotBytes, loadFactor })
    for (let i = 0; !odd.isFull; i++) odd.put(Buffer.from(`${i}`), i)
    expect(odd.count).toBeLessThan(2000)
    expect(odd.get(Buffer.from('missing'))).toBe(-1)
    expect(odd.get(Buffer.from('0'))).toBe(0)
  }
})

test('many keys fill it evenly, and nearly to its limit', () => {
  const map = new KeyMap({ bytesMax: 200_000 * slotBytes, loadFactor: 0.9 })
  let keys = 0
  while (!map.isFull) map.put(Buffer.from(`key ${keys}`), keys++)
  expect(keys).toBeGreaterThan(map.keysMax * 0.95)
  expect(map.keysMax).toBeLessThanOrEqual(180_000)
  for (let i = 0; i < keys; i += 97) expect(map.get(Buffer.from(`key ${i}`))).toBe(i)
})
