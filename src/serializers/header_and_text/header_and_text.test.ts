import { expect, it } from 'vitest'
import { fakeContext } from '../../../test/fakes/context.ts'
import { headerAndText } from './header_and_text.ts'

const names = ['timestamp', 'host', 'topic', 'key', 'file', 'basename', 'category']

it('writes headers in the order of a Java map, then the body', async () => {
  const serializer = await headerAndText.create({ appendNewline: true }, fakeContext())
  const shared = { host: 'a', k: 'v' }
  const many = Object.fromEntries(names.map((name) => [name, '1']))
  const bodies = Buffer.concat(
    serializer.encode([
      { headers: shared, body: Buffer.from('hello') },
      { headers: shared, body: Buffer.from('again') },
      { headers: {}, body: Buffer.from('bare') },
      { headers: many, body: Buffer.alloc(0) },
    ]),
  ).toString()
  expect(bodies.split('\n')).toEqual([
    '{host=a, k=v} hello',
    '{host=a, k=v} again',
    '{} bare',
    '{file=1, basename=1, host=1, topic=1, category=1, key=1, timestamp=1} ',
    '',
  ])
})

it('leaves newlines out when told to', async () => {
  const serializer = await headerAndText.create({ appendNewline: false }, fakeContext())
  const event = { headers: { é: 'ü' }, body: Buffer.from('x') }
  expect(Buffer.concat(serializer.encode([event, event])).toString()).toBe('{é=ü} x{é=ü} x')
})
