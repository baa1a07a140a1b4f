import { expect, test } from 'vitest'
import { type Entity, QuotaTable } from './quota-table.ts'

const key = 'producer_byte_rate'
const places: readonly Entity[] = [
  { user: 'u', 'client-id': 'c' },
  { user: 'u', 'client-id': null },
  { user: 'u' },
  { user: null, 'client-id': 'c' },
  { user: null, 'client-id': null },
  { user: null },
  { 'client-id': 'c' },
  { 'client-id': null },
]

test("the first place in Kafka's order that has a quota holds, whatever stands behind it", () => {
  for (let first = 0; first < places.length; first++) {
    const rows = places.slice(first).map((entity, i) => ({ entity, values: { [key]: first + i } }))
    expect(new QuotaTable(rows).find(key, 'u', 'c')?.limit).toBe(first)
  }
  expect(new QuotaTable([]).find(key, 'u', 'c')).toBeUndefined()
})

test('use is counted for whom the quota stands', () => {
  const shared = (entity: Entity, [a, b]: readonly (readonly [string, string])[]): boolean => {
    const table = new QuotaTable([{ entity, values: { [key]: 1 } }])
    const [one, other] = [a, b].map(([user = '', client = ''] = ['', '']) => table.find(key, user, client)?.countedFor)
    return one === other
  }
  const sameUser = [['u', 'c'], ['u', 'd']] as const // prettier-ignore
  const sameClient = [['u', 'c'], ['v', 'c']] as const // prettier-ignore
  expect(shared({ user: 'u' }, sameUser)).toBe(true)
  expect(shared({ user: null }, sameUser)).toBe(true)
  expect(shared({ user: null, 'client-id': null }, sameUser)).toBe(false)
  expect(shared({ 'client-id': null }, sameUser)).toBe(false)
  expect(shared({ 'client-id': null }, sameClient)).toBe(true)
  expect(shared({ user: null }, sameClient)).toBe(false)
})

test('a kind that is not set is not looked for, the defaults of the file come last', () => {
  const table = new QuotaTable([], new Map([[key, 7]]))
  expect(table.has(key)).toBe(true)
  expect(table.has('request_percentage')).toBe(false)
  expect(table.find(key, 'u', 'c')?.limit).toBe(7)
  table.set({ 'client-id': null }, { [key]: 8 })
  expect(table.find(key, 'u', 'c')?.limit).toBe(8)
  table.set({ 'client-id': null }, {})
  expect(table.rows).toEqual([])
})
