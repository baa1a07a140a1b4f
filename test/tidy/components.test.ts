import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, root } from './tree.ts'

const kinds = ['sources', 'channels', 'sinks', 'src/interceptors', 'src/serializers']

const componentFolders = (kind: string): string[] =>
  readdirSync(join(root, kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${kind}/${entry.name}`)

const missingIn = (folder: string): string[] => {
  const name = folder.split('/').at(-1) ?? ''
  const files = readdirSync(join(root, folder))
  return [
    ...(files.includes(`${name}.ts`) ? [] : [`${name}.ts`]),
    ...(files.some((f) => f.endsWith('.test.ts')) ? [] : ['a test']),
    ...['README.md', 'example.properties'].filter((f) => !files.includes(f)),
  ]
}

describe.each(kinds)('%s', (kind) => {
  it('has complete component folders', () => {
    const incomplete = componentFolders(kind).flatMap((f) => missingIn(f).map((what) => `${f} lacks ${what}`))
    expect(incomplete).toEqual([])
  })

  it('lists every component folder in its index', () => {
    const index = existsSync(join(root, kind, 'index.ts')) ? read(`${kind}/index.ts`) : ''
    const unlisted = componentFolders(kind).filter((f) => !index.includes(`./${f.split('/').at(-1)}/`))
    expect(unlisted).toEqual([])
  })

  it('has a settings table in every README', () => {
    const without = componentFolders(kind).filter((f) => !read(`${f}/README.md`).includes('<!-- settings -->'))
    expect(without).toEqual([])
  })
})
