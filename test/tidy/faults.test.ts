import { describe, expect, it } from 'vitest'
import { faultTable } from '../../src/base/faults.ts'
import { runCli } from '../support/cli.ts'
import { isTest, isTypeScript, projectFiles, read } from './tree.ts'

const codes = Object.keys(faultTable)
const source = projectFiles()
  .filter((f) => isTypeScript(f) && !isTest(f) && !f.startsWith('test/') && f !== 'src/base/faults.ts')
  .map(read)

/** The details that are given by name where a fault is made. Those made of a variable are not looked at. */
const detailsGiven = (): { code: string; names: string[] }[] =>
  source.flatMap((text) =>
    [...text.matchAll(/new Fault\(\s*'(\w+)',\s*\{([^{}]*)\}/g)].map(([, code = '', inside = '']) => ({
      code,
      names: inside.split(',').map((part) => part.split(':')[0]?.trim() ?? ''),
    })),
  )

const placeholders = (code: string): string[] => {
  const { says, hint } = faultTable[code as keyof typeof faultTable]
  return [...`${says} ${hint}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}

describe('the table of faults', () => {
  it('has no row that nothing raises', () => {
    expect(codes.filter((code) => !source.some((text) => text.includes(`'${code}'`)))).toEqual([])
  })

  it('has no row that no test names', () => {
    const tests = projectFiles()
      .filter((f) => isTypeScript(f) && (isTest(f) || f.startsWith('test/')))
      .map(read)
    expect(codes.filter((code) => !tests.some((text) => new RegExp(`\\b${code}\\b`).test(text)))).toEqual([])
  })

  it('is shown by help faults, each with its cure', async () => {
    const { out } = await runCli('help', 'faults')
    expect(
      codes.filter((code) => !out.includes(code) || !out.includes(faultTable[code as 'CHANNEL_FULL'].hint)),
    ).toEqual([])
  })

  it('gets every detail that its sentences name', () => {
    const wanting = detailsGiven().flatMap(({ code, names }) =>
      names.some((name) => name.startsWith('...'))
        ? []
        : placeholders(code).flatMap((p) => (names.includes(p) ? [] : [`${code} lacks ${p}`])),
    )
    expect(wanting).toEqual([])
  })
})
