/**
 * `millrace docs [--check]`: writes what is generated in READMEs and docs anew, between its markers: each component's settings table, the list of
 * components in the README of the project, in docs/configuration.md the settings that every component has and those of what has no folder, and in
 * docs/compatibility.md what foreign clients were seen to do, and in docs/broker-settings.md the settings of the broker.
 * With `--check` nothing is written, and files that are out of step are named.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { channelSettings, groupSettings, sinkSettings, sourceSettings } from '../config/common-settings.ts'
import type { SettingsTable } from '../config/setting.ts'
import { compatibilityMarkdown } from './compatibility-table.ts'
import {
  brokerSettingsMarkdown,
  groupSettingsMarkdown,
  idleSettingsMarkdown,
  topicSettingsMarkdown,
} from './broker-settings-table.ts'
import { type Command, exitCodes } from './command.ts'
import { componentKinds, type ListedComponent, type ListedKind, listedComponents } from './component-list.ts'
import { packageFile } from './package-folder.ts'
import { settingsMarkdown } from './settings-table.ts'
import { summaries } from './summaries.ts'
import { answerWord } from './usage.ts'

const usage = `usage: millrace docs [--check]

Writes what is generated in the READMEs and docs of the project anew. With --check nothing is written, and what is out of step is named.
`

/** Folders of components; selectors and sink processors have none. */
const folders: Readonly<Partial<Record<ListedKind, string>>> = {
  source: 'sources',
  channel: 'channels',
  sink: 'sinks',
  interceptor: 'src/interceptors',
  serializer: 'src/serializers',
}

interface Page {
  /** From the root of the project. */
  readonly path: string
  readonly text: string
  readonly generated: string
}

/** The component folders of a kind in the order of its list, read from the list's own imports: a definition does not know its folder. */
const foldersIn = async (kind: ListedKind): Promise<Map<string, string>> => {
  const home = folders[kind]
  const found = new Map<string, string>()
  if (home === undefined) return found
  const index = readFileSync(packageFile(home, 'index.ts'), 'utf8')
  for (const [, folder = '', file = ''] of index.matchAll(/from '\.\/([\w-]+)\/([\w-]+)\.ts'/g)) {
    const module = (await import(packageUrl(`${home}/${folder}/${file}.ts`))) as Readonly<Record<string, unknown>>
    for (const exported of Object.values(module)) {
      const type = typeOf(exported)
      if (type !== undefined) found.set(type, `${home}/${folder}`)
    }
  }
  return found
}

const packageUrl = (path: string): string => new URL(`file://${packageFile(path)}`).href

const typeOf = (exported: unknown): string | undefined =>
  typeof exported === 'object' && exported !== null && 'settings' in exported && 'type' in exported
    ? String(exported.type)
    : undefined

/** The text with what stands between two markers exchanged; undefined when it lacks them. */
const between = (text: string, marker: string, content: string): string | undefined => {
  const start = text.indexOf(`<!-- ${marker} -->`)
  const end = text.indexOf(`<!-- /${marker} -->`)
  if (start === -1 || end < start) return undefined
  return `${text.slice(0, start)}<!-- ${marker} -->\n${content}${text.slice(end)}`
}

const pageOf = (path: string, marker: string, content: string): Page[] => {
  const file = packageFile(path)
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const generated = between(text, marker, content)
  return generated === undefined ? [] : [{ path, text, generated }]
}

const titles: Readonly<Record<ListedKind, string>> = {
  source: 'Sources',
  channel: 'Channels',
  sink: 'Sinks',
  interceptor: 'Interceptors',
  serializer: 'Serializers',
  selector: 'Channel selectors',
  processor: 'Sink groups',
}

const listMarkdown = (
  all: readonly ListedComponent[],
  homes: ReadonlyMap<ListedKind, ReadonlyMap<string, string>>,
): string => {
  const linked = (kind: ListedKind, type: string): string => {
    const folder = homes.get(kind)?.get(type)
    return folder === undefined ? `\`${type}\`` : `[\`${type}\`](${folder}/README.md)`
  }
  const rows = componentKinds.map((kind) => {
    const types = all.filter((one) => one.kind === kind).map(({ definition }) => linked(kind, definition.type))
    return `| ${titles[kind]} | ${types.join(', ')} |`
  })
  return `\n| | |\n| --- | --- |\n${rows.join('\n')}\n\n`
}

const section = (title: string, { definition }: ListedComponent, table: SettingsTable): string =>
  `\n### ${title}\n\n${definition.summary}\n${settingsMarkdown(table)}`

/** Selectors and sink processors, which have no folders and so no READMEs. */
const sectionsOf = (all: readonly ListedComponent[], kind: ListedKind): string =>
  all
    .filter((one) => one.kind === kind)
    .map((one) => section(`\`${one.definition.type}\``, one, one.definition.settings))
    .join('')

const commonMarkdown = `
### Every source
${settingsMarkdown(sourceSettings)}### Every channel
${settingsMarkdown(channelSettings)}### Every sink
${settingsMarkdown(sinkSettings)}### Every sink group
${settingsMarkdown(groupSettings)}`

const configurationPage = 'docs/configuration.md'

/** One page with several markers: each is filled in what the last one made of it. */
const pagesOf = (path: string, contents: readonly (readonly [marker: string, content: string])[]): Page[] => {
  const file = packageFile(path)
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const generated = contents.reduce((before, [marker, content]) => between(before, marker, content) ?? before, text)
  return [{ path, text, generated }]
}

const configurationPages = (all: readonly ListedComponent[]): Page[] =>
  pagesOf(configurationPage, [
    ['common', commonMarkdown],
    ['selectors', sectionsOf(all, 'selector')],
    ['processors', sectionsOf(all, 'processor')],
  ])

const brokerPages = (): Page[] =>
  pagesOf('docs/broker-settings.md', [
    ['settings', brokerSettingsMarkdown()],
    ['topic-settings', topicSettingsMarkdown()],
    ['group-settings', groupSettingsMarkdown()],
    ['idle', idleSettingsMarkdown()],
  ])

const pages = async (): Promise<Page[]> => {
  const all = await listedComponents()
  const homes = new Map<ListedKind, ReadonlyMap<string, string>>()
  for (const kind of componentKinds) homes.set(kind, await foldersIn(kind))
  const tables = all.flatMap(({ kind, definition }) => {
    const folder = homes.get(kind)?.get(definition.type)
    return folder === undefined ? [] : pageOf(`${folder}/README.md`, 'settings', settingsMarkdown(definition.settings))
  })
  const clients = compatibilityMarkdown()
  return [
    ...tables,
    ...pageOf('README.md', 'components', listMarkdown(all, homes)),
    ...configurationPages(all),
    ...brokerPages(),
    ...(clients === undefined ? [] : pageOf('docs/compatibility.md', 'clients', clients)),
  ]
}

export const command: Command = {
  name: 'docs',
  summary: summaries.docs,
  async run(argv) {
    const [flag] = argv
    const wrong = argv.find((word, i) => i > 0 || word !== '--check')
    if (wrong !== undefined) return answerWord(wrong, usage)
    const stale = (await pages()).filter(({ text, generated }) => text !== generated)
    if (flag === '--check') {
      for (const { path } of stale) process.stdout.write(`${path} is out of step: run \`npm run docs\`\n`)
      return stale.length === 0 ? exitCodes.done : exitCodes.failed
    }
    for (const { path, generated } of stale) {
      writeFileSync(packageFile(path), generated)
      process.stdout.write(`${path}\n`)
    }
    return exitCodes.done
  },
}
