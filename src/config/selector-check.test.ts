import { describe, expect, it } from 'vitest'
import { check, faultsOf, warningsOf, withLines } from '../../test/fakes/config-check.ts'

describe('selectors', () => {
  const two = withLines(
    'a1.channels = c1 c2',
    'a1.channels.c2.type = topic',
    'a1.sources.r1.channels = c1 c2',
    'a1.sources.r1.selector.type = multiplexing',
  )

  it('may name the channels of their source only', async () => {
    expect(
      await faultsOf(`${two}\na1.sources.r1.selector.mapping.a.b = c1 c3\na1.sources.r1.selector.default = c2`),
    ).toEqual(['f:13: selector.mapping.a.b: c3 is none of the channels of source r1 (did you mean c1?)'])
  })

  it('take their settings below selector', async () => {
    const { plan } = await check(`${two}\na1.sources.r1.selector.mapping.a.b = c1`)
    expect(plan?.sources[0]?.selector.values).toMatchObject({ 'mapping.*': new Map([['a.b', ['c1']]]) })
    expect(await warningsOf(`${two}\na1.sources.r1.selector.haeder = x`)).toEqual([
      'f:13: warning: unknown setting selector.haeder (did you mean selector.header?)',
    ])
  })
})
