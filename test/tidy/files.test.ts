import { describe, expect, it } from 'vitest'
import { isTypeScript, projectFiles, read } from './tree.ts'

const linesMax = 300

/** Leftovers that must not land, each with why. Written so that this file does not find itself. */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/, 'a note to self: do it or file it'],
  [/@ts-(?:ignor[e]|expect-erro[r]|nochec[k])/, 'a silenced type error'],
  [/(?:oxlint|eslint)-disabl[e]/, 'a silenced lint rule'],
  [/\b(?:describe|it|test)\.(?:ski[p]|onl[y]|tod[o]|fail[s])\b/, 'a test that does not run'],
  [/catch *(?:\([^)]*\))? *\{ *\}/, 'an error swallowed without a word'],
]

const source = projectFiles().filter(isTypeScript)

describe('files', () => {
  it(`stay within ${linesMax} lines`, () => {
    const long = source.map((f) => [f, read(f).split('\n').length - 1] as const).filter(([, n]) => n > linesMax)
    expect(long).toEqual([])
  })

  it('hold no leftovers', () => {
    const found = source.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, i) => banned.filter(([p]) => p.test(line)).map(([, why]) => `${file}:${i + 1} ${why}`)),
    )
    expect(found).toEqual([])
  })

  it('wait for no clock in tests', () => {
    const waits = /(?<!\.)\b(?:setTimeou[t]|slee[p]|dela[y])\(\s*[^)]*\d/
    const found = source
      .filter((f) => f.endsWith('.test.ts'))
      .flatMap((f) =>
        read(f)
          .split('\n')
          .flatMap((line, i) => (waits.test(line) ? [`${f}:${i + 1}`] : [])),
      )
    expect(found).toEqual([])
  })

  it('record no download address in the lock file', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": *"https?:/)
  })
})
