import { describe, expect, it } from 'vitest'
import { importsOf, isTest, isTypeScript, projectFiles } from './tree.ts'

/**
 * Who may import whom: a room's name, and the rooms beside itself that it may import. Components may import their own folder only,
 * whichever kind they are; `index.ts` of a kind lists its own components.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  io: ['base'],
  protocol: ['base'],
  config: ['base'],
  flow: ['config', 'io', 'base'],
  client: ['protocol', 'io', 'base'],
  broker: ['protocol', 'config', 'monitor', 'io', 'base'],
  formats: ['flow', 'base'],
  monitor: ['config', 'base'],
  agent: ['flow', 'config', 'monitor', 'io', 'base'],
  interceptor: ['flow', 'formats', 'config', 'io', 'base'],
  serializer: ['flow', 'formats', 'config', 'io', 'base'],
  source: ['flow', 'formats', 'config', 'io', 'base'],
  channel: ['flow', 'formats', 'config', 'io', 'base', 'serializers'],
  sink: ['flow', 'formats', 'config', 'io', 'base', 'serializers'],
}

const kindOfFolder: Readonly<Record<string, string>> = {
  sources: 'source',
  channels: 'channel',
  sinks: 'sink',
  interceptors: 'interceptor',
  serializers: 'serializer',
}

interface Room {
  readonly kind: string
  /** Folder of the one component, or of the whole room. */
  readonly folder: string
}

const roomOf = (file: string): Room => {
  const parts = file.split('/')
  const [top = '', second = ''] = parts[0] === 'src' ? parts.slice(1) : parts
  const kind = kindOfFolder[top]
  if (kind === undefined) return { kind: top, folder: parts[0] === 'src' ? `src/${top}` : top }
  const isIndex = second === 'index.ts'
  return { kind: isIndex ? top : kind, folder: parts.slice(0, parts[0] === 'src' ? 3 : 2).join('/') }
}

/**
 * The one component that is made of others: Flume's spillable channel is a file channel with a memory before it, and so is ours. What it needs of both is
 * their own business (formats, journals, byte budgets), and would be strange in `formats` or `flow`; so it stands on them, by name.
 */
const standsOn: Readonly<Record<string, readonly string[]>> = {
  'channels/spillable': ['channels/memory', 'channels/file'],
}

const mayImport = (from: Room, to: Room, file: string): boolean => {
  if (from.folder === to.folder || standsOn[from.folder]?.includes(to.folder) === true) return true
  if (to.kind === 'test') return isTest(file) || from.kind === 'test'
  if (from.kind === 'cli' || from.kind === 'test' || from.kind === 'main.ts' || from.kind === 'examples') return true
  if (kindOfFolder[from.kind] !== undefined) return to.kind === kindOfFolder[from.kind] || to.kind === 'flow'
  if (to.kind === 'client' && from.folder.endsWith('/kafka')) return true
  if (isTest(file) && ['io', 'base', 'flow', 'config', 'formats'].includes(to.kind)) return true
  return allowed[from.kind]?.includes(to.kind) ?? false
}

describe('the house', () => {
  it('lets each room import only what it may', () => {
    const broken: string[] = []
    for (const file of projectFiles().filter((f) => isTypeScript(f) && !f.startsWith('vitest'))) {
      for (const target of importsOf(file)) {
        if (!mayImport(roomOf(file), roomOf(target), file)) broken.push(`${file} imports ${target}`)
      }
    }
    expect(broken).toEqual([])
  })
})
