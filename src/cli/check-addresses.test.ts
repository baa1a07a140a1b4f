/** Sources of one agent that listen on the same address: only the first could. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'

/** What `check` says about an agent with two such sources, each given as its lines between commas. */
const said = async (...sources: readonly [string, string]): Promise<string[]> => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'f')
  const flow = ['sources = r0 r1', 'channels = c1', 'sinks = k1', 'channels.c1.type = memory', 'sinks.k1.type = null']
  const ends = ['sinks.k1.channel = c1', 'sources.r0.channels = c1', 'sources.r1.channels = c1']
  const own = sources.flatMap((lines, i) => lines.split(', ').map((line) => `sources.r${i}.${line}`))
  writeFileSync(file, [...own, ...flow, ...ends].map((line) => `a1.${line}\n`).join(''))
  const { out } = await runCli('check', file)
  return out.replaceAll(file, 'f').trimEnd().split('\n').slice(0, -1)
}

describe('two sources of an agent', () => {
  it('on one address are a warning, at the port of the second', async () => {
    const hint = '(only one can: set port of each to one of its own)'
    expect(await said('type = netcat, bind = h, port = 4444', 'type = avro, bind = H, port = 4444')).toEqual([
      `f:6: warning: source r0 and source r1 both listen on H:4444 ${hint}`,
    ])
    const [first, , second] = await said('type = netcat, port = 4444', 'type = netcat, port = 4444, encoding = x')
    expect(first).toContain('bind is missing')
    expect(second).toBe(`f:4: warning: source r0 and source r1 both listen on 127.0.0.1:4444 ${hint}`)
  })

  it.each([
    ['0.0.0.0', 'h'],
    ['127.0.0.1', '0.0.0.0'],
    ['h', '::'],
  ])('on one port, of which one listens on every address, are a warning: %s, %s', async (one, other) => {
    expect(await said(`type = netcat, bind = ${one}, port = 1`, `type = netcat, bind = ${other}, port = 1`)).toEqual([
      `f:6: warning: source r0 listens on ${one}:1 and source r1 on ${other === '::' ? '[::]' : other}:1, and one of the two is every address (on most systems only one can: set port of each to one of its own)`,
    ])
  })

  it.each([
    ['h, port = 1', 'h, port = 2'],
    ['h, port = 1', 'g, port = 1'],
    ['h, port = 0', 'h, port = 0'],
    ['0.0.0.0, port = 1', '::1, port = 1'],
  ])('on addresses of their own are sound: %s and %s', async (one, other) => {
    expect(await said(`type = netcat, bind = ${one}`, `type = netcat, bind = ${other}`)).toEqual([])
  })
})
